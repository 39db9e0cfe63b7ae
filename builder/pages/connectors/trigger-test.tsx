import { useMutation, useQuery } from "@tanstack/react-query";
import { ClipboardCopy, Play } from "lucide-react";
import { useState } from "react";
import type { TriggerTest as TestResult } from "../../../shared/api/triggers.ts";
import type { Json } from "../../../shared/json.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectionsQuery } from "../../api/queries.ts";
import { testTrigger } from "../../api/trigger-routes.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { TriggerInputs } from "../../panels/trigger-inputs.tsx";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Advanced } from "./advanced.tsx";
import { ChoiceField } from "./choice-field.tsx";
import type { TriggerPartProps } from "./trigger-part-props.ts";
import { TriggerResult } from "./trigger-result.tsx";
import { TriggerSample } from "./trigger-sample.tsx";

/** Runs the trigger as it is saved: with a sample event, or with what its endpoint lists now. Nothing is stored. */
export function TriggerTest({
  document,
  draft,
  problem,
  trigger,
  dirty,
  onChange,
  onSave,
}: TriggerPartProps & {
  /** Its key as it is saved. */
  trigger: string;
  dirty: boolean;
  onSave: () => Promise<boolean>;
}) {
  const { data } = useQuery(connectionsQuery(document.key));
  const connections = data?.connections ?? [];
  const [asked, setAsked] = useState<string | null>(null);
  const [inputs, setInputs] = useState<Record<string, Json>>({});
  const connection = asked ?? connections[0]?.id ?? null;
  const polls = draft.from === "poll";
  const callsOut = polls || draft.form.some(({ like }) => like !== undefined);
  const needsConnection = callsOut && document.auth.kind !== "none";
  const run = useMutation({
    async mutationFn(): Promise<TestResult | null> {
      // A test is of what is saved.
      if (dirty && !(await onSave())) return null;
      const body = polls || draft.sample === undefined ? {} : { body: draft.sample };
      const params = { connector: document.key, trigger };
      return call(testTrigger, { params, body: { connection: needsConnection ? connection : null, inputs, ...body } });
    },
  });
  const blocked =
    polls && needsConnection && connection === null
      ? "Connect first, in Test connections: the endpoint is asked through a connection."
      : !polls && draft.sample === undefined
        ? "Paste an event, or take one from the inbox."
        : null;
  const result = run.data ?? null;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex max-w-form flex-col gap-4 empty:hidden">
        {needsConnection && (
          <ChoiceField
            label="Connection"
            required={polls}
            value={connection}
            empty={connections.length === 0 ? "There is none yet" : "Choose"}
            options={connections.map(({ id, name, account }) => ({ value: id, label: account ? `${name} · ${account}` : name }))}
            onChange={setAsked}
          />
        )}
        <TriggerInputs document={document} form={draft.form} inputs={inputs} connection={connection} onChange={setInputs} />
        {!polls && (
          <TriggerSample
            sample={draft.sample}
            help="The body of one event. It is kept as the trigger’s sample, for test runs."
            error={problem["trigger.sample"]}
            onChange={(sample) => onChange({ ...draft, sample })}
          />
        )}
      </div>
      <div className="flex items-center gap-3">
        <Button busy={run.isPending} disabled={blocked !== null} onClick={() => run.mutate()}>
          <Play aria-hidden="true" />
          {polls ? "Look now" : "Run test"}
        </Button>
        {blocked && <p className="text-sm text-waiting-text">{blocked}</p>}
      </div>
      {run.error && <ProblemLine text={explain(run.error).why} />}
      {result && <TriggerResult result={result} />}
      {result && result.inferred !== null && (
        <PullSchema
          onPull={() => {
            const sample = polls ? result.items[0]?.item : draft.sample;
            onChange({ ...draft, outputSchema: result.inferred, sample });
          }}
          isPulled={JSON.stringify(draft.outputSchema) === JSON.stringify(result.inferred)}
        />
      )}
      <Advanced open={problem["trigger.outputSchema"] !== undefined}>
        <JsonInput
          label="Output schema"
          help="JSON Schema of what flows get, without $ref: paths are offered and checked by it."
          error={problem["trigger.outputSchema"]}
          value={draft.outputSchema}
          roots={null}
          disabled={false}
          onChange={(outputSchema) => onChange({ ...draft, outputSchema })}
        />
      </Advanced>
    </div>
  );
}

function PullSchema({ isPulled, onPull }: { isPulled: boolean; onPull: () => void }) {
  if (isPulled)
    return (
      <p role="status" className="text-sm text-succeeded-text">
        This output is the trigger’s schema: flows are offered its fields.
      </p>
    );
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button onClick={onPull}>
        <ClipboardCopy aria-hidden="true" />
        Pull output schema
      </Button>
      <p className="text-muted text-sm">Flows are then offered the fields of this output.</p>
    </div>
  );
}
