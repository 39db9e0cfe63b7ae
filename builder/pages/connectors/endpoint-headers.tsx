import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { contentTypeOf } from "./body-kind.ts";

/** What every call carries besides the parameters; a header parameter of the same name goes before it. */
export function StandardHeaders({ endpoint }: { endpoint: Endpoint }) {
  const contentType = contentTypeOf(endpoint);
  const headers = [
    ["User-Agent", "Patchbay"],
    ["Accept", "application/json"],
    ["Accept-Encoding", "gzip, br, deflate"],
    ...(contentType === null ? [] : [["Content-Type", contentType]]),
    ...(endpoint.idempotencyHeader ? [[endpoint.idempotencyHeader, "a key of its own for each step"]] : []),
  ];
  return (
    <section
      aria-label="Headers always sent"
      className="flex flex-col gap-1 rounded-card border border-line bg-panel px-3 py-2 text-xs"
    >
      <p className="text-muted">Always sent</p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 font-mono">
        {headers.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
