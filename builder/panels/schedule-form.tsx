import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import type { ScheduleTriggerNode } from "../../shared/flow/node.ts";
import type { MisfirePolicy, Schedule } from "../../shared/flow/schedule.ts";
import { explain } from "../api/explain.ts";
import { nextFiringsQuery } from "../api/trigger-queries.ts";
import { usualTimes } from "../canvas/schedule-words.ts";
import { Field } from "../ui/field.tsx";
import { Choice, Input } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { DurationInput } from "./duration-input.tsx";
import type { NodeFormProps } from "./node-form-props.ts";

const longestIntervalMs = 366 * 86_400_000;
const hourMs = 3_600_000;

const own = "own";

const misfires: { value: MisfirePolicy; label: string }[] = [
  { value: "once", label: "Run once for all of them" },
  { value: "skip", label: "Skip them" },
  { value: "all", label: "Run once for each, at most the last 100" },
];

/** When the flow starts by itself, with the next times as proof. */
export function ScheduleTriggerForm({ node, problems, disabled, onChange }: NodeFormProps<ScheduleTriggerNode>) {
  const { schedule } = node;
  const set = (next: Schedule, group?: string) => onChange({ ...node, schedule: next }, group);
  return (
    <div className="flex flex-col gap-6">
      <Segmented
        label="Kind of schedule"
        value={schedule.kind}
        segments={[
          { value: "cron", label: "At set times" },
          { value: "interval", label: "At an interval" },
        ]}
        onChange={(kind) => {
          if (kind === schedule.kind || disabled) return;
          set(kind === "cron" ? { kind, expression: usualTimes[1].value, timeZone: localZone() } : { kind, everyMs: hourMs });
        }}
      />
      {schedule.kind === "cron" ? (
        <CronFields schedule={schedule} problems={problems} disabled={disabled} onChange={set} />
      ) : (
        <Field
          label="Every"
          help="Counted from the moment of publication; at least one second."
          error={problems["schedule.everyMs"]}
          required
        >
          {(control) => (
            <DurationInput
              control={control}
              value={schedule.everyMs}
              maxMs={longestIntervalMs}
              disabled={disabled}
              onChange={(everyMs) => set({ kind: "interval", everyMs: Math.max(1_000, everyMs ?? hourMs) }, "everyMs")}
            />
          )}
        </Field>
      )}
      <NextFirings schedule={schedule} />
      <Field label="Times that were missed" help="While the flow was paused or nothing was running.">
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={node.misfire}
            options={misfires}
            onChange={(misfire) => onChange({ ...node, misfire })}
          />
        )}
      </Field>
    </div>
  );
}

function CronFields({
  schedule,
  problems,
  disabled,
  onChange,
}: {
  schedule: Extract<Schedule, { kind: "cron" }>;
  problems: NodeFormProps["problems"];
  disabled: boolean;
  onChange: (schedule: Schedule, group?: string) => void;
}) {
  const { error } = useQuery(nextFiringsQuery(useDeferredValue<Schedule>(schedule)));
  const known = usualTimes.some(({ value }) => value === schedule.expression);
  return (
    <>
      <Field label="When">
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={known ? schedule.expression : own}
            options={[...usualTimes, { value: own, label: "Cron expression of my own" }]}
            onChange={(value) => value !== own && onChange({ ...schedule, expression: value })}
          />
        )}
      </Field>
      <Field
        label="Cron expression"
        help="Minute, hour, day, month, weekday; six fields begin with seconds. L is the last day."
        error={problems["schedule.expression"] ?? unreadable(error)}
        required
      >
        {(control) => (
          <Input
            {...control}
            mono
            disabled={disabled}
            value={schedule.expression}
            onChange={({ target }) => onChange({ ...schedule, expression: target.value }, "expression")}
          />
        )}
      </Field>
      <Field
        label="Time zone"
        help="Clock changes are kept in mind: a time that does not exist fires at the next one, a repeated one fires once."
        error={problems["schedule.timeZone"]}
        required
      >
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={schedule.timeZone}
            options={zones(schedule.timeZone).map((zone) => ({ value: zone, label: zone }))}
            onChange={(timeZone) => onChange({ ...schedule, timeZone })}
          />
        )}
      </Field>
    </>
  );
}

/** The next ten times as the server will fire them. */
function NextFirings({ schedule }: { schedule: Schedule }) {
  const { data, error, isPending } = useQuery(nextFiringsQuery(useDeferredValue(schedule)));
  return (
    <section aria-label="Next times" className="flex flex-col gap-1.5">
      <span className="font-medium text-sm">Next times</span>
      {unreadable(error) !== undefined ? (
        <p className="text-muted text-xs">None: the cron expression names no time.</p>
      ) : error ? (
        <p role="alert" className="text-failed-text text-xs">
          {explain(error).why}
        </p>
      ) : isPending ? (
        <SkeletonRows rows={5} />
      ) : (
        <ol className="rounded-card border border-line px-3 py-2 font-mono text-xs tabular-nums leading-6">
          {data.firings.map(({ at, local }) => (
            <li key={at}>{readableTime(local)}</li>
          ))}
          {data.firings.length === 0 && <li className="font-sans text-muted">It never fires again.</li>}
        </ol>
      )}
    </section>
  );
}

const refused = "schedule.expression: ";

/** What the server says of an expression that is none, or that never fires. */
function unreadable(error: Error | null): string | undefined {
  return error?.message.startsWith(refused) ? error.message.slice(refused.length) : undefined;
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `2026-03-29T03:00:00+02:00` as "Sun 2026-03-29 03:00:00 +02:00". */
function readableTime(local: string): string {
  const [date = "", rest = ""] = local.split("T");
  const time = rest.slice(0, 8);
  return `${weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]} ${date} ${time} ${rest.slice(8)}`;
}

function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function zones(chosen: string): string[] {
  return [...new Set(["UTC", localZone(), chosen, ...Intl.supportedValuesOf("timeZone")])];
}
