import { useMemo } from "react";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { urlParts } from "./endpoint-url.ts";

/** The whole URL of a call, as it is while the path and the parameters are typed. */
export function EndpointUrlPreview({ endpoint, baseUrl }: { endpoint: Endpoint; baseUrl: string }) {
  const parts = useMemo(() => urlParts(endpoint, baseUrl), [endpoint, baseUrl]);
  return (
    <section aria-label="URL of a call" className="flex flex-col gap-1.5">
      <span className="font-medium text-sm">URL of a call</span>
      <p className="break-all rounded-control border border-line bg-panel px-2.5 py-1.5 font-mono text-xs">
        <span className="font-medium text-muted">{endpoint.method}</span>{" "}
        {parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name, and their order is all they are
          <span key={index} className={part.open ? "text-accent-text" : undefined}>
            {part.text}
          </span>
        ))}
      </p>
      {baseUrl === "" && <p className="text-waiting-text text-xs">The base URL is not set yet.</p>}
    </section>
  );
}
