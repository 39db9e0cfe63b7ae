import { useMemo, useState } from "react";
import type { EndpointSample } from "../../../shared/api/connectors.ts";
import type { SchemaDifference } from "../../../shared/connector/compare-schemas.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Json } from "../../../shared/json.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { type Pulled, pullParameters } from "./response-pull.ts";
import { ResponseTree } from "./response-tree.tsx";

export type PulledResponse = Required<Pick<Endpoint, "responseSchema" | "responseSample" | "responseOrigin">>;

/** Chooses what parameters are pulled from, and shows what they come to and what they change before they are taken. */
export function ResponsePullDialog({
  endpoint,
  samples,
  paste = false,
  busy = false,
  onClose,
  onTake,
}: {
  endpoint: Endpoint;
  /** Answers of its tests, the newest first. */
  samples: readonly EndpointSample[];
  /** From a sample that is pasted instead. */
  paste?: boolean;
  busy?: boolean;
  onClose: () => void;
  onTake: (response: PulledResponse) => void;
}) {
  const [without, setWithout] = useState<ReadonlySet<number>>(new Set());
  const [pasted, setPasted] = useState<Json | undefined>(undefined);
  const [keep, setKeep] = useState(true);
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set());
  const known = endpoint.responseSchema;
  const pulled = useMemo(() => {
    const chosen = paste
      ? pasted === undefined
        ? []
        : [pasted]
      : samples.flatMap(({ body }, index) => (without.has(index) ? [] : [body]));
    return chosen.length === 0 ? null : pullParameters(chosen, known, { keep, taken });
  }, [paste, pasted, samples, without, known, keep, taken]);
  return (
    <Dialog
      open
      wide
      held={pasted !== undefined}
      onClose={onClose}
      title={paste ? "Paste a sample response" : "Pull parameters"}
      description={
        paste
          ? "An answer as the API's documentation shows it: its fields become response parameters."
          : "The fields of the answers of its tests become response parameters, which later steps of a flow choose from."
      }
      hint={pulled ? undefined : paste ? "Paste a sample." : "Choose an answer."}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            busy={busy}
            disabled={pulled === null}
            onClick={() =>
              pulled && onTake({ responseSchema: pulled.schema, responseSample: pulled.sample, responseOrigin: "pulled" })
            }
          >
            Take these parameters
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-1 gap-6 pb-2 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="flex min-w-0 flex-col gap-5">
          {paste ? (
            <JsonInput
              label="Sample response"
              value={pasted}
              roots={null}
              disabled={false}
              onChange={(next) => {
                setPasted(next);
                setTaken(new Set());
              }}
            />
          ) : (
            <Samples samples={samples} without={without} onChange={setWithout} />
          )}
          {known !== undefined && (
            <Checkbox checked={keep} onChange={setKeep}>
              Keep known fields that did not come
            </Checkbox>
          )}
          {pulled && known !== undefined && <Differences differences={pulled.differences} keep={keep} />}
          {pulled && (
            <Suggestions
              pulled={pulled}
              taken={taken}
              onToggle={(path) => {
                const next = new Set(taken);
                if (!next.delete(path)) next.add(path);
                setTaken(next);
              }}
            />
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-2">
          <h3 className="font-semibold text-sm">Result</h3>
          {pulled ? (
            <ResponseTree
              // What is open belongs to what is shown.
              key={paste ? JSON.stringify(pasted).slice(0, 1_000) : [...without].join()}
              schema={pulled.schema}
              sample={pulled.sample}
            />
          ) : (
            <p className="text-muted text-sm">Nothing to pull from yet.</p>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function Samples({
  samples,
  without,
  onChange,
}: {
  samples: readonly EndpointSample[];
  without: ReadonlySet<number>;
  onChange: (without: ReadonlySet<number>) => void;
}) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 font-semibold text-sm">Answers</legend>
      {samples.map(({ status, takenAt }, index) => (
        <Checkbox
          // biome-ignore lint/suspicious/noArrayIndexKey: two may have come in the same millisecond
          key={index}
          checked={!without.has(index)}
          onChange={() => {
            const next = new Set(without);
            if (!next.delete(index)) next.add(index);
            onChange(next);
          }}
        >
          {index === 0 ? "The newest" : `Answer ${index + 1}`}, status {status}{" "}
          <span className="text-muted">
            <RelativeTime at={takenAt} />
          </span>
        </Checkbox>
      ))}
    </fieldset>
  );
}

const shownAtMost = 50;

function Differences({ differences, keep }: { differences: readonly SchemaDifference[]; keep: boolean }) {
  if (differences.length === 0) return <p className="text-sm text-succeeded-text">Everything is as it was known.</p>;
  return (
    <section aria-label="Differences" className="flex flex-col gap-2">
      <h3 className="font-semibold text-sm">
        {differences.length} {differences.length === 1 ? "difference" : "differences"} to what was known
      </h3>
      <ul className="max-h-60 divide-y divide-line overflow-y-auto rounded-card border border-line text-xs">
        {differences.slice(0, shownAtMost).map((difference) => (
          <li key={`${difference.kind} ${difference.path}`} className="flex flex-col gap-0.5 px-3 py-1.5">
            <code className="break-all font-mono">{difference.path}</code>
            <span className="text-muted">{differenceWords(difference, keep)}</span>
          </li>
        ))}
      </ul>
      {differences.length > shownAtMost && <p className="text-muted text-xs">{differences.length - shownAtMost} more.</p>}
    </section>
  );
}

function differenceWords(difference: SchemaDifference, keep: boolean): string {
  switch (difference.kind) {
    case "undeclared":
      return `new: ${difference.seen}`;
    case "absent":
      return keep
        ? `did not come; stays, and may be absent (${difference.declared})`
        : `did not come: goes (${difference.declared})`;
    case "type":
      return `was ${difference.declared}, came as ${difference.seen}`;
  }
}

function Suggestions({
  pulled,
  taken,
  onToggle,
}: {
  pulled: Pulled;
  taken: ReadonlySet<string>;
  onToggle: (path: string) => void;
}) {
  if (pulled.suggestions.length === 0) return null;
  return (
    <section aria-label="Suggested enumerations" className="flex flex-col gap-2">
      <h3 className="font-semibold text-sm">Only a few values came</h3>
      <ul className="divide-y divide-line rounded-card border border-line text-xs">
        {pulled.suggestions.map(({ path, values }) => (
          <li key={path} className="flex items-center gap-3 px-3 py-1.5">
            <span className="flex min-w-0 flex-1 flex-col">
              <code className="truncate font-mono">{path}</code>
              <span className="truncate text-muted">{values.join(", ")}</span>
            </span>
            <Button size="small" aria-pressed={taken.has(path)} onClick={() => onToggle(path)}>
              {taken.has(path) ? "Taken" : `Allow only these`}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
