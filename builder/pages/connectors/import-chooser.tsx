import { clsx } from "clsx";
import { Search } from "lucide-react";
import { useMemo, useState } from "react";
import type { ImportedOperation } from "../../../shared/connector/import-report.ts";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { findOperations, tagsOf } from "./find-operations.ts";
import { maxEndpoints } from "./limits.ts";
import { Method } from "./method.tsx";

/** More than these are a lot to look through; a mark, no limit. */
const many = 50;

type Props = {
  operations: readonly ImportedOperation[];
  /** Keys of those to take. */
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
};

/** All operations of a file, to be searched, narrowed to a tag, and chosen from. What cannot be taken says why. */
export function ImportChooser({ operations, chosen, onChoose }: Props) {
  const [search, setSearch] = useState("");
  const [tag, setTag] = useState<string>("");
  const tags = useMemo(() => tagsOf(operations), [operations]);
  const shown = useMemo(() => findOperations(operations, { search, tag }), [operations, search, tag]);
  const keys = shown.flatMap(({ key }) => key ?? []);
  const allShown = keys.length > 0 && keys.every((key) => chosen.has(key));
  const narrowed = shown.length < operations.length;
  const full = chosen.size >= maxEndpoints;
  // Where none can be added, what is left to do is to make room.
  const clears = allShown || (full && keys.some((key) => chosen.has(key)));

  function toggleShown(): void {
    const next = new Set(chosen);
    for (const key of keys) {
      if (clears) next.delete(key);
      else if (next.size < maxEndpoints) next.add(key);
    }
    onChoose(next);
  }

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <div className="relative min-w-56 flex-1">
          <Search
            aria-hidden="true"
            className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2.5 size-4 text-muted"
          />
          <Input
            type="search"
            aria-label="Find by name, path or method"
            placeholder="Search by name, path or method"
            className="pl-8"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        {tags.length > 1 && (
          <Select
            label="Tag"
            value={tag}
            options={[
              { value: "", label: "All tags" },
              ...tags.map(({ name, count }) => ({ value: name, label: `${name} (${count})` })),
            ]}
            onChange={setTag}
          />
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Count chosen={chosen.size} all={operations.length} />
        {keys.length > 0 && (clears || !full) && (
          <button type="button" className="rounded-small font-medium text-accent-text hover:underline" onClick={toggleShown}>
            {clears ? "Choose none" : "Choose all"}
            {narrowed && ` of the ${shown.length} shown`}
          </button>
        )}
        {chosen.size > many && chosen.size <= maxEndpoints && (
          <p className="basis-full text-waiting-text">More than {many} are a lot to test and to look through.</p>
        )}
      </div>
      <ul aria-label="Operations" className="max-h-96 divide-y divide-line overflow-y-auto rounded-card border border-line">
        {shown.map((operation) => (
          <Operation
            key={`${operation.method} ${operation.path} ${operation.name}`}
            operation={operation}
            chosen={operation.key !== null && chosen.has(operation.key)}
            onToggle={(key) => {
              const next = new Set(chosen);
              if (!next.delete(key)) next.add(key);
              onChoose(next);
            }}
          />
        ))}
        {shown.length === 0 && <li className="px-3 py-6 text-center text-muted text-sm">No operation is like that.</li>}
      </ul>
    </div>
  );
}

/** Against the limit of a connector. */
function Count({ chosen, all }: { chosen: number; all: number }) {
  const tooMany = chosen > maxEndpoints;
  return (
    <span className={clsx("tabular-nums", tooMany && "text-failed-text")} role={tooMany ? "alert" : undefined}>
      {chosen} of {all} operations chosen
      {(tooMany || all > maxEndpoints) && `, at most ${maxEndpoints} fit into a connector`}
    </span>
  );
}

type OperationProps = { operation: ImportedOperation; chosen: boolean; onToggle: (key: string) => void };

function Operation({ operation: { key, method, path, name, notes }, chosen, onToggle }: OperationProps) {
  return (
    <li className="flex items-start gap-3 px-3 py-2 [contain-intrinsic-size:auto_2.25rem] [content-visibility:auto]">
      <input
        type="checkbox"
        aria-label={`Import ${method.toUpperCase()} ${path}`}
        className="mt-0.5 size-4 accent-accent"
        disabled={key === null}
        checked={chosen}
        onChange={() => key !== null && onToggle(key)}
      />
      <Method method={method} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="break-words text-sm">
          {name} <code className="font-mono text-muted text-xs">{path}</code>
        </span>
        {notes.map((note) => (
          <span key={note} className={clsx("break-words text-xs", key === null ? "text-failed-text" : "text-muted")}>
            {note}
          </span>
        ))}
      </span>
    </li>
  );
}
