import { formatOf, type ImportReport } from "../../../shared/connector/import-report.ts";
import { Fact, Facts } from "../../ui/facts.tsx";
import { ImportChooser } from "./import-chooser.tsx";

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
  return (
    <section aria-label="Import report" className="flex flex-col gap-4">
      <h2 className="font-semibold text-base">What the file describes</h2>
      <ImportFacts report={report} />
      <ImportChooser operations={report.operations} chosen={chosen} onChoose={onChoose} />
    </section>
  );
}

/** The file as a whole: what it is, and what of it could not be taken. */
export function ImportFacts({ report }: { report: ImportReport }) {
  const { title, baseUrl, auth, notes } = report;
  return (
    <>
      <Facts>
        <Fact name="Title">{title}</Fact>
        <Fact name="Format">{formatOf(report)}</Fact>
        <Fact name="Base URL">{baseUrl || <span className="text-muted">none that can be used: enter it later</span>}</Fact>
        <Fact name="Authentication">{auth}</Fact>
      </Facts>
      {notes.length > 0 && (
        <ul className="list-disc pl-5 text-muted text-sm">
          {notes.map((note) => (
            <li key={note} className="break-words">
              {note}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
