import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "../../api/explain.ts";
import { importSourceQuery } from "../../api/import-queries.ts";
import type { ReadFile } from "../../api/read-import.ts";
import { Fact, Facts } from "../../ui/facts.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { notify } from "../../ui/toast.ts";
import { ExportConnector } from "./export-connector.tsx";
import { ImportSpecification } from "./import-specification.tsx";
import { ImportUpdate } from "./import-update.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { SectionFrame } from "./section-frame.tsx";

/** The file that the connector came from, a newer one to take in, and the connector as a file. */
export function SpecificationSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const [file, setFile] = useState<ReadFile | null>(null);
  return (
    <SectionFrame
      title="API specification"
      lead={
        readOnly
          ? "What the API's owner says of it, as a file."
          : "Bring the connector up to date with a newer file of the API: what people changed by hand stays, and every difference is shown before anything is taken in."
      }
      action={<ExportConnector connector={loaded.document.key} />}
    >
      <Source loaded={loaded} />
      {!readOnly && (
        <>
          <h3 className="font-semibold text-base">{file ? "What the file would change" : "Take in a file"}</h3>
          {file ? (
            <ImportUpdate
              // Another file begins with decisions of its own.
              key={file.import}
              loaded={loaded}
              file={file}
              onLeave={() => setFile(null)}
              onTaken={() => {
                setFile(null);
                notify("done", "The file was taken in");
              }}
            />
          ) : (
            <ImportSpecification onImported={setFile} />
          )}
        </>
      )}
    </SectionFrame>
  );
}

function Source({ loaded: { document } }: { loaded: LoadedConnector }) {
  const { data, error } = useQuery(importSourceQuery(document.key));
  if (error) return <ProblemLine text={explain(error).why} />;
  if (!data) return null;
  const { source } = data;
  if (!source) return <p className="text-muted text-sm">This connector came from no file: its endpoints were added by hand.</p>;
  return (
    <Facts>
      <Fact name="Came from">{source.title || "a file without a title"}</Fact>
      <Fact name="Format">{source.format}</Fact>
      {source.readAt !== null && (
        <Fact name="Read">
          <RelativeTime at={source.readAt} />
        </Fact>
      )}
      <Fact name="Endpoints">
        {document.endpoints.length} here, {source.endpoints} in the file
      </Fact>
    </Facts>
  );
}
