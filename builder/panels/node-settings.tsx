import type { ReactNode } from "react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { CallNode, FlowNode } from "../../shared/flow/node.ts";
import { describeCondition, describeNode, endpointOf } from "../canvas/describe-node.ts";
import { Fact, Facts } from "../ui/facts.tsx";
import { formatDuration } from "../ui/format-time.ts";
import { JsonView } from "../ui/json-view.tsx";
import { CodeSettings, ForEachSettings, HttpSettings, OneLine } from "./control-settings.tsx";

/** What a node is set to do, as the version says it: facts, not a form. */
export function NodeSettings({ node, version }: { node: FlowNode; version: FlowVersion }) {
  switch (node.kind) {
    case "webhook-trigger":
    case "manual-trigger":
    case "api-trigger":
      return node.sample === undefined ? (
        <p className="text-muted text-sm">The trigger has no sample body.</p>
      ) : (
        <JsonView value={node.sample} root="trigger.body" label="Sample body" />
      );
    case "app-trigger":
      return (
        <div className="flex flex-col gap-6">
          <Facts>
            <Fact name="Trigger">{describeNode(node, version)}</Fact>
            {node.connection !== null && <Fact name="Connection">{version.connections[node.connection] ?? "Gone"}</Fact>}
          </Facts>
          <JsonView value={node.inputs} root="inputs" label="Inputs" />
        </div>
      );
    case "schedule-trigger":
      return (
        <Facts>
          <Fact name="Fires">{describeNode(node, version)}</Fact>
          <Fact name="Missed times">{misfireWords[node.misfire]}</Fact>
        </Facts>
      );
    case "call":
      return <CallSettings node={node} version={version} />;
    case "http":
      return <HttpSettings node={node} version={version} />;
    case "code":
      return <CodeSettings node={node} />;
    case "for-each":
      return <ForEachSettings node={node} />;
    case "branch":
    case "filter":
      return (
        <Facts>
          <Fact name={node.kind === "branch" ? "Takes “true” when" : "Goes on when"}>
            {node.match === "all" ? "all of these hold" : "any of these holds"}
          </Fact>
          {node.conditions.map((condition, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions of a frozen version have no other identity and never move
            <Fact key={index} name={`Condition ${index + 1}`}>
              <Code>{describeCondition(condition)}</Code>
            </Fact>
          ))}
        </Facts>
      );
    case "transform":
      return <JsonView value={node.output} root="output" label="Gives" />;
    case "respond":
      return (
        <div className="flex flex-col gap-6">
          <Facts>
            <Fact name="Status">
              <Code>{node.status}</Code>
            </Fact>
            {Object.entries(node.headers).map(([name, value]) => (
              <Fact key={name} name={name}>
                <Code>{value}</Code>
              </Fact>
            ))}
          </Facts>
          <JsonView value={node.body} root="body" label="Body" />
        </div>
      );
    default:
      return <OneLine node={node} version={version} />;
  }
}

const misfireWords = { once: "One run for all of them", skip: "Skipped", all: "One run for each" } as const;

/** The engine's, without its schema: that would bring all of zod with it. A test holds the two together. */
export const defaultAttempts = 4;

const unknownOutcomeWords = {
  "send-again": "Send again with the same key",
  ask: "Ask a person",
  fail: "Fail the step",
} as const;

function CallSettings({ node, version }: { node: CallNode; version: FlowVersion }) {
  const connector = version.connectors.find((each) => each.key === node.connector);
  const endpoint = endpointOf(node, connector);
  const connection = node.connection === null ? undefined : version.connections[node.connection];
  return (
    <div className="flex flex-col gap-6">
      <Facts>
        <Fact name="Connector">{connector?.name ?? node.connector}</Fact>
        <Fact name="Endpoint">{endpoint?.name ?? node.endpoint}</Fact>
        {endpoint && (
          <Fact name="Request">
            <Code>{`${endpoint.method} ${endpoint.path}`}</Code>
          </Fact>
        )}
        <Fact name="Connection">{connection ?? "None"}</Fact>
        <Fact name="Attempts">At most {node.retry?.maxAttempts ?? defaultAttempts}</Fact>
        {node.timeoutMs !== undefined && <Fact name="Time limit">{formatDuration(node.timeoutMs)}</Fact>}
        {node.onUnknownOutcome && <Fact name="Outcome unknown">{unknownOutcomeWords[node.onUnknownOutcome]}</Fact>}
      </Facts>
      <JsonView value={node.inputs} root="inputs" label="Inputs" />
    </div>
  );
}

function Code({ children }: { children: ReactNode }) {
  return <code className="break-words font-mono text-xs">{children}</code>;
}
