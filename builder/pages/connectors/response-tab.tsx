import { useMemo } from "react";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { type ResponseParameter, responseParameters } from "../../../shared/connector/response-parameters.ts";
import { Empty } from "../../ui/empty.tsx";
import { JsonView } from "../../ui/json-view.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";

/** The response parameters of an endpoint as a tree, and the sample they were pulled from. */
export function ResponseTab({ endpoint }: { endpoint: Endpoint }) {
  const { responseSchema, responseSample, responseOrigin } = endpoint;
  const root = useMemo(() => responseParameters(responseSchema, responseSample), [responseSchema, responseSample]);
  if (responseSchema === undefined)
    return (
      <Empty title="No response parameters yet" picture={<LooseCable />}>
        Run the test of this endpoint, then pull its parameters: later steps of a flow can choose from them.
      </Empty>
    );
  return (
    <div className="flex max-w-reading flex-col gap-6 px-2 pb-8">
      <p className="text-muted text-sm">
        {responseOrigin === "pulled" ? "Pulled from the answer of a test." : "As the API's specification declares them."}
      </p>
      <ul aria-label="Response parameters" className="rounded-card border border-line py-1.5">
        <Branch parameter={root} depth={0} />
      </ul>
      {responseSample !== undefined && <JsonView value={responseSample} root="" label="Sample" />}
    </div>
  );
}

function Branch({ parameter, depth }: { parameter: ResponseParameter; depth: number }) {
  return (
    <>
      <li className="grid min-h-7 grid-cols-[minmax(0,5fr)_minmax(0,4fr)_minmax(0,4fr)] items-center gap-3 px-3 text-xs">
        <span style={{ paddingLeft: `calc(var(--space) * ${depth * 4})` }} className="truncate font-medium font-mono">
          {depth === 0 ? "response" : parameter.name}
        </span>
        <span className="truncate text-muted">
          {parameter.type}
          {parameter.optional && depth > 0 && parameter.name !== "[]" && ", may be absent"}
        </span>
        <span className="truncate text-right font-mono text-muted">{shortSample(parameter)}</span>
      </li>
      {parameter.children.map((child) => (
        <Branch key={child.name} parameter={child} depth={depth + 1} />
      ))}
    </>
  );
}

function shortSample({ sample, children }: ResponseParameter): string {
  return sample === undefined || children.length > 0 ? "" : JSON.stringify(sample).slice(0, 80);
}
