import type { ReactNode } from "react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { describeNode } from "../canvas/describe-node.ts";
import { CodeBlock } from "../ui/code-block.tsx";
import { Fact, Facts } from "../ui/facts.tsx";
import { formatDuration } from "../ui/format-time.ts";
import { JsonView } from "../ui/json-view.tsx";

type SettingsProps<Kind extends FlowNode["kind"]> = { node: Extract<FlowNode, { kind: Kind }>; version: FlowVersion };

/** One request to a URL, as the version says it. */
export function HttpSettings({ node, version }: SettingsProps<"http">) {
  return (
    <div className="flex flex-col gap-6">
      <Facts>
        <Fact name="Request">
          <Code>{`${node.method} ${node.url}`}</Code>
        </Fact>
        <Fact name="Connection">{node.connection === null ? "None" : (version.connections[node.connection] ?? "Gone")}</Fact>
        {node.effect && <Fact name="Effect">{node.effect}</Fact>}
        {node.retry && <Fact name="Attempts">At most {node.retry.maxAttempts}</Fact>}
        {node.timeoutMs !== undefined && <Fact name="Time limit">{formatDuration(node.timeoutMs)}</Fact>}
      </Facts>
      <JsonView
        value={{ query: node.query, headers: node.headers, ...(node.bodyType !== "none" && { body: node.body }) }}
        root="request"
        label="Request"
      />
    </div>
  );
}

/** The code as it ran, and what went into it. */
export function CodeSettings({ node }: Pick<SettingsProps<"code">, "node">) {
  return (
    <div className="flex flex-col gap-6">
      <Facts>
        <Fact name="Time limit">{formatDuration(node.timeoutMs)}</Fact>
      </Facts>
      <CodeBlock text={node.code} label="JavaScript" />
      <JsonView value={node.inputs} root="inputs" label="Inputs" />
    </div>
  );
}

/** What it runs through and how. */
export function ForEachSettings({ node }: Pick<SettingsProps<"for-each">, "node">) {
  return (
    <Facts>
      <Fact name="List">
        <Code>{typeof node.items === "string" ? node.items : JSON.stringify(node.items)}</Code>
      </Fact>
      <Fact name="At a time">{node.concurrency}</Fact>
      <Fact name="When an item fails">{node.onItemError === "stop" ? "It stops" : "It goes on with the others"}</Fact>
      {node.result !== undefined && (
        <Fact name="Result">
          <Code>{typeof node.result === "string" ? node.result : JSON.stringify(node.result)}</Code>
        </Fact>
      )}
    </Facts>
  );
}

/** Kinds that are told in one line. */
export function OneLine({ node, version }: { node: FlowNode; version: FlowVersion }) {
  return (
    <Facts>
      <Fact name="Does">{describeNode(node, version)}</Fact>
      {"onError" in node && node.onError === "continue" && <Fact name="When it fails">The flow goes on all the same</Fact>}
    </Facts>
  );
}

function Code({ children }: { children: ReactNode }) {
  return <code className="break-words font-mono text-xs">{children}</code>;
}
