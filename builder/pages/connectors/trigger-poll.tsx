import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import { pollIntervals } from "../../../shared/connector/trigger.ts";
import { DurationInput } from "../../panels/duration-input.tsx";
import { Field } from "../../ui/field.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { ElsewhereFirst } from "./elsewhere-first.tsx";
import { HookCall } from "./hook-call.tsx";
import { knownPaths, listPathsOf, PathField } from "./path-field.tsx";
import { pollRoots } from "./template-roots.ts";
import type { PollDraft } from "./trigger-draft.ts";
import type { TriggerPartProps } from "./trigger-part-props.ts";

const cursors = [
  { value: "none", label: "None: each call is the same" },
  { value: "answer", label: "A value of the answer" },
  { value: "greatest-item", label: "The greatest value of the items" },
  { value: "last-item", label: "A value of the last item" },
] as const;

/** An endpoint that is asked again and again: with what, what is new in its answer, how often. */
export function TriggerPoll(props: TriggerPartProps) {
  const { document, draft, problem, onChange } = props;
  const { poll } = draft;
  const reads = document.endpoints.filter((endpoint) => effectOf(endpoint) === "read");
  if (reads.length === 0)
    return (
      <ElsewhereFirst connector={document.key} section="endpoints">
        This connector has no endpoint yet that only reads: add one in
      </ElsewhereFirst>
    );
  const endpoint = document.endpoints.find(({ key }) => key === poll.endpoint);
  const set = (change: Partial<PollDraft>) => onChange({ ...draft, poll: { ...poll, ...change } });
  return (
    <>
      <HookCall
        label="Endpoint"
        help="Lists what there is; it must only read."
        connector={document}
        endpoints={reads}
        call={poll}
        templates={pollRoots(draft.form)}
        problem={problem}
        field="trigger.source"
        onChange={(next) => onChange({ ...draft, poll: next })}
      />
      {endpoint && <Items {...{ endpoint, poll, problem, set }} />}
      {endpoint && <Times {...{ poll, problem, set }} />}
    </>
  );
}

type PartProps = { poll: PollDraft; problem: Readonly<Record<string, string>>; set: (change: Partial<PollDraft>) => void };

function Items({ endpoint, poll, problem, set }: PartProps & { endpoint: Endpoint }) {
  const { responseSchema, responseSample } = endpoint;
  const { lists, inItem } = listPathsOf(responseSchema, responseSample, poll.itemsPath);
  return (
    <>
      <div className="grid grid-cols-2 items-start gap-4">
        <PathField
          label="List in its answer"
          placeholder="data"
          help="Empty: the answer is the list."
          known={lists}
          error={problem["trigger.source.itemsPath"]}
          value={poll.itemsPath}
          onChange={(itemsPath) => set({ itemsPath })}
        />
        <PathField
          label="Id of an item"
          required
          placeholder="id"
          help="An id seen before is no new event."
          known={inItem}
          error={problem["trigger.source.dedupePath"]}
          value={poll.dedupePath}
          onChange={(dedupePath) => set({ dedupePath })}
        />
      </div>
      <ChoiceField
        label="Cursor"
        value={poll.cursorOf}
        options={cursors}
        help={
          poll.cursorOf === "none" ? "Where the next call goes on." : "Where the next call goes on: it gets it as {{cursor}}."
        }
        onChange={(cursorOf) => set({ cursorOf })}
      />
      {poll.cursorOf !== "none" && (
        <PathField
          label={poll.cursorOf === "answer" ? "Path in the answer" : "Path in an item"}
          required
          placeholder={poll.cursorOf === "answer" ? "next" : "updated_at"}
          known={poll.cursorOf === "answer" ? knownPaths(responseSchema, responseSample) : inItem}
          error={problem["trigger.source.cursor.path"] ?? problem["trigger.source.cursor"]}
          value={poll.cursorPath}
          onChange={(cursorPath) => set({ cursorPath })}
        />
      )}
      <div className="flex flex-col gap-1.5">
        <span className="font-medium text-sm">What is there at the first look</span>
        <Segmented
          label="What is there at the first look"
          value={poll.seeding}
          onChange={(seeding) => set({ seeding })}
          segments={[
            { value: "skip", label: "Is skipped" },
            { value: "take", label: "Each is an event" },
          ]}
        />
      </div>
    </>
  );
}

function Times({ poll, problem, set }: PartProps) {
  return (
    <>
      <Field
        label="Asked every"
        required
        help="From a minute to 7 days."
        error={outside(poll.intervalMs) ?? problem["trigger.source.intervalMs"]}
      >
        {(control) => (
          <DurationInput
            control={control}
            value={poll.intervalMs}
            usual="60000"
            maxMs={pollIntervals.mostMs}
            disabled={false}
            onChange={(intervalMs) => set({ intervalMs })}
          />
        )}
      </Field>
      <Field
        label="While nothing new comes, at most every"
        help="It is asked less and less often, until something comes. Empty: always as often."
        error={outside(poll.quietMs) ?? problem["trigger.source.quietMs"]}
      >
        {(control) => (
          <DurationInput
            control={control}
            value={poll.quietMs}
            usual="60000"
            maxMs={pollIntervals.mostMs}
            disabled={false}
            onChange={(quietMs) => set({ quietMs })}
          />
        )}
      </Field>
    </>
  );
}

function outside(ms: number | null): string | undefined {
  return ms !== null && ms < pollIntervals.leastMs ? "At least a minute." : undefined;
}
