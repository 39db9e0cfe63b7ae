import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ImportReport } from "../../../shared/connector/import-report.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorsQuery } from "../../api/queries.ts";
import { createConnector } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { ImportReportView } from "./import-report-view.tsx";
import { ImportSpecification } from "./import-specification.tsx";
import { maxDescription, maxEndpoints } from "./limits.ts";
import { NameFields } from "./name-fields.tsx";
import type { ConnectorSection } from "./section-names.ts";

type Imported = { import: string; report: ImportReport };

/** Creates a connector from a file. What was typed stays when an import is refused. */
export function NewFromSpecification() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [imported, setImported] = useState<Imported | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const create = useMutation({
    mutationFn: () =>
      call(createConnector, {
        body: { name, description, ...(imported && { from: { import: imported.import, endpoints: [...chosen] } }) },
      }),
    async onSuccess({ connector }) {
      await client.invalidateQueries({ queryKey: connectorsQuery.queryKey });
      await navigate({
        to: "/connectors/$connector",
        params: { connector },
        search: { section: nextSection(imported?.report) },
      });
    },
  });

  function takeIn(made: Imported): void {
    setImported(made);
    const keys = made.report.operations.flatMap(({ key }) => (key === null ? [] : [key]));
    setChosen(new Set(keys.slice(0, maxEndpoints)));
    if (name === "") setName(made.report.title.slice(0, 120));
    if (description === "") setDescription(made.report.description.slice(0, maxDescription));
  }

  const tooMany = chosen.size > maxEndpoints ? `Choose at most ${maxEndpoints} operations.` : null;
  const waitsFor = imported === null ? "Import a specification first." : name.trim() === "" ? "Enter a name." : tooMany;

  return (
    <form
      className="flex max-w-reading flex-col gap-8"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <ImportSpecification onImported={takeIn} />
      {imported && <ImportReportView report={imported.report} chosen={chosen} onChoose={setChosen} />}
      <section aria-label="Basic information" className="flex flex-col gap-4">
        <NameFields name={name} description={description} onName={setName} onDescription={setDescription} />
        {create.error && <ProblemLine text={explain(create.error).why} />}
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" busy={create.isPending} disabled={waitsFor !== null}>
            Create connector
          </Button>
          {waitsFor && <span className="text-muted text-xs">{waitsFor}</span>}
        </div>
      </section>
    </form>
  );
}

/** The first part of the new connector in which something is still missing. */
function nextSection(report: ImportReport | undefined): ConnectorSection {
  return report === undefined || report.baseUrl === "" ? "base" : "connections";
}
