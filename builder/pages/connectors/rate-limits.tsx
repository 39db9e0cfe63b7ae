import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import { LimitFacts } from "./limit-facts.tsx";
import { LimitFields } from "./limit-fields.tsx";
import { type LimitRow, limitsOf, newWindow, placeOf, rowsOf } from "./limit-rows.ts";
import type { LoadedConnector } from "./loaded-connector.ts";
import { useConnectorEdit } from "./use-connector-edit.ts";

const maxLimits = 20;

/** What the API lets one account do, saved apart from base URL and authentication. */
export function RateLimits({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const { limits = [] } = loaded.document;
  return (
    <section aria-labelledby="rate-limits" className="flex flex-col gap-4 border-line border-t pt-6">
      <div className="flex flex-col gap-1">
        <h3 id="rate-limits" className="font-semibold text-base">
          Rate limits
        </h3>
        <p className="max-w-form text-muted text-sm">
          What the API lets one account do. Calls wait for their turn instead of being refused by it. A published flow keeps to
          the limits that it was published with.
        </p>
      </div>
      {readOnly ? <LimitFacts limits={limits} /> : <LimitsForm loaded={loaded} />}
    </section>
  );
}

function LimitsForm({ loaded }: { loaded: LoadedConnector }) {
  const [rows, setRows] = useState<LimitRow[]>(() => rowsOf(loaded.document.limits ?? []));
  const [unread, setUnread] = useState<Record<string, string>>({});
  const edit = useConnectorEdit(loaded);
  const problems = Object.keys(unread).length > 0 ? unread : edit.fieldProblems;
  const places = Object.entries(problems).flatMap(([field, message]) => {
    const place = placeOf(field);
    return place === null ? [] : [`${place}: ${message}.`];
  });
  // Fields are named by their numbers, which others have after a change.
  const change = (next: LimitRow[]) => {
    setRows(next);
    setUnread({});
    edit.forgetProblem();
  };

  async function save(): Promise<void> {
    const { limits, problems: found } = limitsOf(rows);
    setUnread(found);
    if (Object.keys(found).length === 0 && (await edit.save({ edit: "limits", limits }))) notify("done", "Saved");
  }

  const said = places.length > 0 ? places.join(" ") : edit.problem;
  return (
    <form
      // Ours names the field and the limit, the browser's would not.
      noValidate
      className="flex max-w-form flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {rows.length === 0 && <p className="text-muted text-sm">None are declared: calls are sent at once.</p>}
      {rows.map((row, index) => (
        <LimitFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a limit has no identity but its place
          key={index}
          number={index + 1}
          row={row}
          problem={(field) => problems[`limits.${index}.${field}`]}
          onChange={(next) => change(rows.map((each, at) => (at === index ? next : each)))}
          onRemove={() => change(rows.filter((_, at) => at !== index))}
        />
      ))}
      <Button
        size="small"
        className="self-start"
        disabled={rows.length >= maxLimits}
        onClick={() => change([...rows, { group: "", windows: [newWindow] }])}
      >
        <Plus aria-hidden="true" />
        Add a limit
      </Button>
      {said && <ProblemLine text={said} />}
      <Button type="submit" look="primary" className="self-start" busy={edit.saving}>
        Save rate limits
      </Button>
    </form>
  );
}
