import { clsx } from "clsx";
import type { ImportReport } from "../../../shared/connector/import-report.ts";
import { Fact, Facts } from "../../ui/facts.tsx";
import { maxEndpoints } from "./limits.ts";
import { Method } from "./method.tsx";

/** What an import found: the whole of it, every operation with what became of it; those to take are chosen here. */
export function ImportReportView({
  report,
  chosen,
  onChoose,
}: {
  report: ImportReport;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}) {
  const importable = report.operations.flatMap(({ key }) => (key === null ? [] : [key]));
  const tooMany = chosen.size > maxEndpoints;
  return (
    <section aria-label="Import report" className="flex flex-col gap-4">
      <h2 className="font-semibold text-base">What the file describes</h2>
      <Facts>
        <Fact name="Title">{report.title}</Fact>
        <Fact name="OpenAPI">{report.openapi}</Fact>
        <Fact name="Base URL">{report.baseUrl || <span className="text-muted">none that can be used: enter it later</span>}</Fact>
        <Fact name="Authentication">{report.auth}</Fact>
      </Facts>
      {report.notes.length > 0 && (
        <ul className="list-disc pl-5 text-muted text-sm">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className={clsx("tabular-nums", tooMany && "text-failed-text")} role={tooMany ? "alert" : undefined}>
          {chosen.size} of {report.operations.length} operations chosen
          {importable.length > maxEndpoints && `, at most ${maxEndpoints} fit into a connector`}
        </span>
        <button
          type="button"
          className="rounded-small font-medium text-accent-text hover:underline"
          onClick={() => onChoose(chosen.size > 0 ? new Set() : new Set(importable.slice(0, maxEndpoints)))}
        >
          {chosen.size > 0 ? "Choose none" : "Choose all"}
        </button>
      </div>
      <ul aria-label="Operations" className="max-h-96 divide-y divide-line overflow-y-auto rounded-card border border-line">
        {report.operations.map((operation) => {
          const { key, method, path, name, notes } = operation;
          return (
            <li key={`${method} ${path}`} className="flex items-start gap-3 px-3 py-2">
              <input
                type="checkbox"
                aria-label={`Import ${method.toUpperCase()} ${path}`}
                className="mt-0.5 size-4 accent-accent"
                disabled={key === null}
                checked={key !== null && chosen.has(key)}
                onChange={() => {
                  if (key === null) return;
                  const next = new Set(chosen);
                  if (!next.delete(key)) next.add(key);
                  onChoose(next);
                }}
              />
              <Method method={method} />
              <span className="flex min-w-0 flex-1 flex-col">
                <span className="break-words text-sm">
                  {name} <code className="font-mono text-muted text-xs">{path}</code>
                </span>
                {notes.map((note) => (
                  <span key={note} className={clsx("text-xs", key === null ? "text-failed-text" : "text-muted")}>
                    {note}
                  </span>
                ))}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
