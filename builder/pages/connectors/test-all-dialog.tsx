import { useQuery, useQueryClient } from "@tanstack/react-query";
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
import type { LoadedConnector } from "./loaded-connector.ts";
import { TestAllRow } from "./test-all-row.tsx";
import { type PlannedTest, planTests } from "./test-plan.ts";
import { runTests, type TestProgress } from "./test-run.ts";
import { testStateOf, testWords } from "./test-state.ts";

/** Tests all endpoints: reads side by side, what writes or costs one by one and only when a person has agreed to it. */
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
  const [progress, setProgress] = useState<ReadonlyMap<string, TestProgress>>(new Map());
  const [phase, setPhase] = useState<"before" | "running" | "over">("before");
  const stopped = useRef(false);
  const needsConnection = credentialFields(document.auth).length > 0;
  const connection = chosen ?? connections[0]?.id ?? null;
  const wanted = plan.filter(({ kind }) => kind === "reads" || (kind === "asks" && agreed));
  const unsuccessful = wanted.filter(({ key }) => ["failed", "skipped"].includes(progress.get(key)?.state ?? ""));

  async function run(these: readonly PlannedTest[]): Promise<void> {
    setPhase("running");
    stopped.current = false;
    const again = new Set(these.map(({ key }) => key));
    setProgress((before) => new Map([...before].filter(([key]) => !again.has(key))));
    await runTests(these, {
      run: ({ key, inputs }) =>
        testOne({ connector: document.key, endpoint: key, inputs, connection: needsConnection ? connection : null }),
      onProgress: (key, next) => setProgress((before) => new Map(before).set(key, next)),
      isStopped: () => stopped.current,
      answered: new Set([
        ...tests.flatMap(({ endpoint, passed }) => (passed ? [endpoint] : [])),
        ...[...progress].flatMap(([key, { state }]) => (state === "succeeded" ? [key] : [])),
      ]),
    });
    await client.invalidateQueries({ queryKey: connectorQuery(document.key).queryKey });
    setPhase("over");
  }
  function close(): void {
    stopped.current = true;
    onClose();
  }

  const blocked = document.baseUrl === "" || (needsConnection && connection === null);
  return (
    <Dialog
      open
      wide
      held={phase === "running"}
      onClose={close}
      title="Test all endpoints"
      description="Each endpoint is called once, with the inputs of its last test, its saved sample or the examples of its parameters."
      hint={document.baseUrl === "" ? "Set the base URL first." : wanted.length === 0 ? "Nothing can be called yet." : undefined}
      footer={
        <>
          <Button onClick={phase === "running" ? () => (stopped.current = true) : close}>
            {phase === "running" ? "Stop" : "Close"}
          </Button>
          {phase === "over" && unsuccessful.length > 0 && (
            <Button disabled={blocked} onClick={() => void run(unsuccessful)}>
              Run {unsuccessful.length} failed again
            </Button>
          )}
          <Button
            look="primary"
            busy={phase === "running"}
            disabled={blocked || wanted.length === 0}
            onClick={() => void run(wanted)}
          >
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
        <Summary {...{ phase, plan, wanted, progress }} />
        <ul aria-label="Tests" className="divide-y divide-line rounded-card border border-line">
          {plan.map((planned) => (
            <TestAllRow
              key={planned.key}
              planned={planned}
              connector={document.key}
              progress={progress.get(planned.key)}
              last={testStateOf(tests.find(({ endpoint }) => endpoint === planned.key))}
              agreed={agreed}
              onOpen={close}
            />
          ))}
        </ul>
        {phase === "over" && loaded.origin === "custom" && <StillOpen loaded={loaded} plan={plan} />}
      </div>
    </Dialog>
  );
}

function Summary({
  phase,
  plan,
  wanted,
  progress,
}: {
  phase: "before" | "running" | "over";
  plan: readonly PlannedTest[];
  wanted: readonly PlannedTest[];
  progress: ReadonlyMap<string, TestProgress>;
}) {
  const count = (state: TestProgress["state"]) => wanted.filter(({ key }) => progress.get(key)?.state === state).length;
  const [passed, failed, skipped] = [count("succeeded"), count("failed"), count("skipped")];
  const done = passed + failed + skipped;
  const notRun = skipped > 0 ? `, ${skipped} not run` : "";
  return (
    <div className="flex flex-col gap-2">
      {phase !== "before" && (
        <div
          role="progressbar"
          aria-label="Tests done"
          aria-valuenow={done}
          aria-valuemin={0}
          aria-valuemax={wanted.length}
          className="flex h-1.5 overflow-hidden rounded-full bg-pressed"
        >
          <div className="bg-succeeded transition-[width]" style={{ width: `${(passed / wanted.length) * 100}%` }} />
          <div className="bg-failed transition-[width]" style={{ width: `${((failed + skipped) / wanted.length) * 100}%` }} />
        </div>
      )}
      <p role="status" className="text-muted text-sm tabular-nums">
        {phase === "before"
          ? `${wanted.length} of ${plan.length} will be called.`
          : `${done} of ${wanted.length} done, ${passed} passed, ${failed} failed${notRun}.`}
      </p>
    </div>
  );
}

/** What keeps the connector from being published, after all that could be run was run. */
function StillOpen({ loaded: { document, tests }, plan }: { loaded: LoadedConnector; plan: readonly PlannedTest[] }) {
  const open = document.endpoints.flatMap(({ key, name }) => {
    const state = testStateOf(tests.find(({ endpoint }) => endpoint === key));
    const reason = plan.find((planned) => planned.key === key)?.reason;
    return state === "passed" ? [] : [`${name} (${reason ?? testWords[state]})`];
  });
  return open.length === 0 ? (
    <p className="text-sm text-succeeded-text">Every endpoint has passed: the connector can be published.</p>
  ) : (
    <p className="break-words text-sm text-waiting-text">
      Still to pass before the connector can be published: {open.join("; ")}.
    </p>
  );
}

async function testOne(test: {
  connector: string;
  endpoint: string;
  inputs: PlannedTest["inputs"];
  connection: string | null;
}): Promise<{ passed: boolean; words: string }> {
  const { connector, endpoint, inputs, connection } = test;
  try {
    const { passed, message, response } = await call(testEndpoint, {
      params: { connector, endpoint },
      body: { connection, inputs },
    });
    return { passed, words: passed ? `passed, status ${response?.status ?? ""}` : message };
  } catch (error) {
    return { passed: false, words: error instanceof Error ? explain(error).why : String(error) };
  }
}
