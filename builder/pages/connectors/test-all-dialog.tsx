import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { credentialFields } from "../../../shared/connector/auth-scheme.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectionsQuery, connectorQuery } from "../../api/queries.ts";
import { testEndpoint } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { Lamp, type LampState } from "../../ui/lamp.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { Method } from "./method.tsx";
import { type PlannedTest, planTests } from "./test-plan.ts";

type Progress = { state: LampState; words: string };

/** Tests all endpoints one by one. What writes or costs is shown first, and run only when a person has agreed to it. */
export function TestAllDialog({ loaded, onClose }: { loaded: LoadedConnector; onClose: () => void }) {
  const { document, tests } = loaded;
  const client = useQueryClient();
  // The plan is that of the moment: tests that end meanwhile do not change it.
  const [plan] = useState(() => planTests(document.endpoints, tests));
  const asks = useMemo(() => plan.filter(({ kind }) => kind === "asks"), [plan]);
  const { data } = useQuery(connectionsQuery(document.key));
  const connections = data?.connections ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [agreed, setAgreed] = useState(false);
  const [progress, setProgress] = useState<ReadonlyMap<string, Progress>>(new Map());
  const [phase, setPhase] = useState<"before" | "running" | "over">("before");
  const stopped = useRef(false);
  const needsConnection = credentialFields(document.auth).length > 0;
  const connection = chosen ?? connections[0]?.id ?? null;
  const wanted = plan.filter(({ kind }) => kind === "reads" || (kind === "asks" && agreed));
  const say = (key: string, next: Progress) => setProgress((before) => new Map(before).set(key, next));

  async function run(): Promise<void> {
    setPhase("running");
    stopped.current = false;
    for (const { endpoint, inputs } of wanted) {
      if (stopped.current) break;
      say(endpoint.key, { state: "running", words: "running" });
      say(
        endpoint.key,
        await testOne({
          connector: document.key,
          endpoint: endpoint.key,
          inputs,
          connection: needsConnection ? connection : null,
        }),
      );
    }
    await client.invalidateQueries({ queryKey: connectorQuery(document.key).queryKey });
    setPhase("over");
  }
  function close(): void {
    stopped.current = true;
    onClose();
  }

  const settled = [...progress.values()].filter(({ state }) => state === "succeeded" || state === "failed");
  const failed = settled.filter(({ state }) => state === "failed").length;
  const blocked = document.baseUrl === "" || (needsConnection && connection === null);
  return (
    <Dialog
      open
      wide
      onClose={close}
      title="Test all endpoints"
      description="Each endpoint is called once, with the inputs of its last test or the examples of its parameters."
      hint={document.baseUrl === "" ? "Set the base URL first." : wanted.length === 0 ? "Nothing can be called yet." : undefined}
      footer={
        <>
          <Button onClick={phase === "running" ? () => (stopped.current = true) : close}>
            {phase === "running" ? "Stop" : "Close"}
          </Button>
          <Button look="primary" busy={phase === "running"} disabled={blocked || wanted.length === 0} onClick={() => void run()}>
            {phase === "over" ? "Run again" : `Run ${wanted.length} ${wanted.length === 1 ? "test" : "tests"}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {needsConnection && (
          <Field label="Test connection" required error={connections.length === 0 ? "Add a test connection first." : undefined}>
            {(control) => (
              <Choice
                {...control}
                disabled={phase === "running"}
                value={connection}
                options={connections.map(({ id, name }) => ({ value: id, label: name }))}
                onChange={setChosen}
              />
            )}
          </Field>
        )}
        {asks.length > 0 && (
          <div className="rounded-card border border-waiting-line bg-waiting-tint px-3 py-2">
            <Checkbox checked={agreed} disabled={phase === "running"} onChange={setAgreed}>
              Also run the {asks.length === 1 ? "call that writes or costs" : `${asks.length} calls that write or cost`}, one by
              one: {asks.map(({ endpoint }) => endpoint.name).join(", ")}
            </Checkbox>
          </div>
        )}
        <p role="status" className="text-muted text-sm tabular-nums">
          {phase === "before"
            ? `${wanted.length} of ${plan.length} will be called.`
            : `${settled.length} of ${wanted.length} done, ${settled.length - failed} passed, ${failed} failed.`}
        </p>
        <ul aria-label="Tests" className="divide-y divide-line rounded-card border border-line">
          {plan.map((planned) => (
            <TestRow
              key={planned.endpoint.key}
              planned={planned}
              connector={document.key}
              progress={progress.get(planned.endpoint.key)}
              agreed={agreed}
              onOpen={close}
            />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function TestRow({
  planned: { endpoint, kind, missing },
  connector,
  progress,
  agreed,
  onOpen,
}: {
  planned: PlannedTest;
  connector: string;
  progress: Progress | undefined;
  agreed: boolean;
  onOpen: () => void;
}) {
  const waits =
    kind === "cannot-run"
      ? `needs sample inputs: ${missing.join(", ")}`
      : kind === "asks" && !agreed
        ? "writes or costs: not run"
        : "ready";
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm" data-testid="test-row">
      <Lamp state={progress?.state ?? "idle"} />
      <Method method={endpoint.method} />
      <Link
        to="/connectors/$connector"
        params={{ connector }}
        search={{ section: "endpoints", endpoint: endpoint.key }}
        onClick={onOpen}
        className="min-w-0 flex-1 truncate rounded-small hover:underline"
      >
        {endpoint.name}
      </Link>
      <span className={`max-w-1/2 truncate text-xs ${progress?.state === "failed" ? "text-failed-text" : "text-muted"}`}>
        {progress?.words ?? waits}
      </span>
    </li>
  );
}

async function testOne(test: {
  connector: string;
  endpoint: string;
  inputs: PlannedTest["inputs"];
  connection: string | null;
}): Promise<Progress> {
  const { connector, endpoint, inputs, connection } = test;
  try {
    const { passed, message, response } = await call(testEndpoint, {
      params: { connector, endpoint },
      body: { connection, inputs },
    });
    return { state: passed ? "succeeded" : "failed", words: passed ? `passed, status ${response?.status ?? ""}` : message };
  } catch (error) {
    return { state: "failed", words: error instanceof Error ? explain(error).why : String(error) };
  }
}
