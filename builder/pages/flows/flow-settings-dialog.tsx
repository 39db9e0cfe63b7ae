import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { FlowSummary } from "../../../shared/api/flows.ts";
import type { FlowSettings } from "../../../shared/flow/flow-settings.ts";
import { flowsQuery } from "../../api/queries.ts";
import { DurationInput } from "../../panels/duration-input.tsx";
import { TemplateField } from "../../panels/template-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { NumberInput } from "../../ui/number-input.tsx";

const longestRunMs = 366 * 86_400_000;
const mostDays = 3_650;
const mostSteps = 10_000_000;

/** What holds for all runs of a flow; changed as one step, when it is saved. */
export default function FlowSettingsDialog({
  flow,
  settings: before,
  onSave,
  onClose,
}: {
  /** Its id. */
  flow: string;
  settings: FlowSettings;
  onSave: (settings: FlowSettings) => void;
  onClose: () => void;
}) {
  const [settings, setSettings] = useState(before);
  /** Takes a setting away where it is undefined, so that nothing is said of it. */
  const set = (part: Partial<Record<keyof FlowSettings, FlowSettings[keyof FlowSettings]>>) =>
    setSettings((now) => Object.fromEntries(Object.entries({ ...now, ...part }).filter(([, value]) => value !== undefined)));
  return (
    <Dialog
      open
      held={settings !== before}
      onClose={onClose}
      title="Settings of the flow"
      description="What holds for all of its runs, from its next publication on."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" onClick={() => onSave(settings)}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-6 pb-2">
        <ErrorFlow flow={flow} value={settings.errorFlow} onChange={(errorFlow) => set({ errorFlow })} />
        <AtOnce value={settings.concurrency} onChange={(concurrency) => set({ concurrency })} />
        <div className="grid grid-cols-2 gap-4">
          <WholeNumber
            label="Most steps of a run"
            help="Empty: the operator's limit."
            value={settings.maxSteps}
            most={mostSteps}
            onChange={(maxSteps) => set({ maxSteps })}
          />
          <WholeNumber
            label="Keep ended runs (days)"
            help="Empty: as the operator says."
            value={settings.retentionDays}
            most={mostDays}
            onChange={(retentionDays) => set({ retentionDays })}
          />
        </div>
        <Field label="Longest duration of a run" help="From its first step, waits included. Empty: no limit of its own.">
          {(control) => (
            <DurationInput
              control={control}
              value={settings.maxDurationMs ?? null}
              maxMs={longestRunMs}
              usual="60000"
              disabled={false}
              onChange={(ms) => (ms === null || ms >= 1_000) && set({ maxDurationMs: ms ?? undefined })}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}

function ErrorFlow({
  flow,
  value,
  onChange,
}: {
  flow: string;
  value: string | undefined;
  onChange: (flow: string | undefined) => void;
}) {
  const { data } = useQuery(flowsQuery);
  const flows = (data?.flows ?? []).filter(({ id, startable }) => startable && id !== flow);
  const isOffered = value === undefined || flows.some(({ id }) => id === value);
  return (
    <Field
      label="When a run fails, start"
      help={
        data && flows.length === 0
          ? "There is no other flow that could be started: it must be published and have a manual or API trigger."
          : "A published flow with a manual or API trigger; it gets {flow, run, error}."
      }
    >
      {(control) => (
        <Choice
          {...control}
          value={value ?? ""}
          options={[
            { value: "", label: "No other flow" },
            ...(data && !isOffered ? [{ value, label: whyNot(data.flows.find(({ id }) => id === value)) }] : []),
            ...flows.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(chosen) => onChange(chosen === "" ? undefined : chosen)}
        />
      )}
    </Field>
  );
}

/** The name of a flow that was chosen and is not offered, with the reason where it cannot be started. */
function whyNot(flow: FlowSummary | undefined): string {
  if (!flow) return "A flow that does not exist any more";
  if (flow.startable) return flow.name;
  return `${flow.name} (${flow.version === null ? "not published" : "has no manual or API trigger"})`;
}

type Concurrency = NonNullable<FlowSettings["concurrency"]>;
const whenFull = [
  { value: "queue", label: "Waits for its turn" },
  { value: "drop", label: "Is canceled" },
  { value: "cancel-oldest", label: "Takes the place of the oldest, which is canceled" },
] as const;
const mostAtOnce = 1_000;

function AtOnce({ value, onChange }: { value: Concurrency | undefined; onChange: (value: Concurrency | undefined) => void }) {
  return (
    <section aria-label="Runs at a time" className="flex flex-col gap-4">
      <Checkbox checked={value !== undefined} onChange={(on) => onChange(on ? { limit: 1, whenFull: "queue" } : undefined)}>
        Limit how many runs go on at a time
      </Checkbox>
      {value && (
        <div className="flex flex-col gap-4 border-line border-l-2 pl-4">
          <WholeNumber
            label="Runs at a time"
            help="Runs that a sub-flow step starts are not counted."
            value={value.limit}
            most={mostAtOnce}
            required
            onChange={(limit) => limit !== undefined && onChange({ ...value, limit })}
          />
          <TemplateField
            label="For each"
            help="e.g. {{trigger.body.customer}}: each customer is counted apart. Empty: all together."
            value={value.key ?? ""}
            maxLength={2_000}
            optional
            roots={null}
            disabled={false}
            onChange={(text) => {
              const { key: _, ...rest } = value;
              onChange(text === "" ? rest : { ...value, key: text });
            }}
          />
          <Field label="A run that finds no place">
            {(control) => (
              <Choice
                {...control}
                value={value.whenFull}
                options={whenFull}
                onChange={(next) => onChange({ ...value, whenFull: next })}
              />
            )}
          </Field>
        </div>
      )}
    </section>
  );
}

function WholeNumber({
  label,
  help,
  value,
  most,
  required = false,
  onChange,
}: {
  label: string;
  help: string;
  value: number | undefined;
  most: number;
  required?: boolean;
  onChange: (value: number | undefined) => void;
}) {
  return (
    <Field label={label} help={help} required={required}>
      {(control) => (
        <NumberInput
          {...control}
          className="w-32!"
          value={value ?? null}
          accepts={(number) => (number === null ? !required : Number.isInteger(number) && number >= 1 && number <= most)}
          onChange={(number) => onChange(number ?? undefined)}
        />
      )}
    </Field>
  );
}
