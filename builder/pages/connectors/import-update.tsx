import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ImportMerge } from "../../../shared/connector/import-merge.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { importPreviewQuery, importSourceQuery } from "../../api/import-queries.ts";
import { connectorQuery, connectorsQuery } from "../../api/queries.ts";
import type { ReadFile } from "../../api/read-import.ts";
import { applyImport } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { type Decision, ImportChanges, signInId } from "./import-changes.tsx";
import { ImportFacts } from "./import-report-view.tsx";
import { maxEndpoints } from "./limits.ts";
import type { LoadedConnector } from "./loaded-connector.ts";

type Mode = "merge" | "overwrite";
type Props = { loaded: LoadedConnector; file: ReadFile; onLeave: () => void; onTaken: () => void };

/** What a newer file would do, the decisions that it needs, and the button that takes it in, whole or not at all. */
export function ImportUpdate({ loaded, file, onLeave, onTaken }: Props) {
  const { document, revision } = loaded;
  const client = useQueryClient();
  const [mode, setMode] = useState<Mode>("merge");
  const [asking, setAsking] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [extra, setExtra] = useState<ReadonlySet<string>>(new Set());
  const [decisions, setDecisions] = useState<Readonly<Record<string, Decision>>>({});
  const preview = useQuery(importPreviewQuery(document.key, { file: file.import, mode, revision }));
  const merge = preview.data?.merge;
  const taken = merge ? takenOf(merge, { left, extra }) : [];
  const total = merge ? totalOf(merge, decisions, taken.length) : 0;
  const apply = useMutation({
    mutationFn: (base: number) =>
      call(applyImport, {
        params: { connector: document.key },
        body: { import: file.import, mode, base, take: taken, decisions: merge ? allDecisions(merge, decisions) : {} },
      }),
    async onSuccess() {
      await Promise.all(
        [connectorQuery(document.key), connectorsQuery, importSourceQuery(document.key)].map(({ queryKey }) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      onTaken();
    },
    onError: (error) => {
      setAsking(false);
      // Somebody saved meanwhile: what is on the screen is no longer what there is.
      if (error instanceof ApiError && error.status === 409)
        void client.invalidateQueries({ queryKey: connectorQuery(document.key).queryKey });
    },
  });
  const nothing = merge?.changes.every(({ change }) => change === "offered") && !merge.signIn && taken.length === 0;
  const waitsFor =
    total > maxEndpoints
      ? `The connector would have ${total} endpoints: at most ${maxEndpoints} fit.`
      : nothing
        ? "The file changes nothing."
        : null;

  return (
    <div className="flex flex-col gap-5">
      <ImportFacts report={file.report} />
      <Segmented<Mode>
        label="How the file is taken in"
        value={mode}
        segments={[
          { value: "merge", label: "Merge" },
          { value: "overwrite", label: "Upload & overwrite" },
        ]}
        onChange={setMode}
      />
      <p className="text-muted text-sm">
        {mode === "merge"
          ? "Takes what the file changed, and keeps what was changed here by hand."
          : "Takes the file's word for everything: endpoints, parameters and links that were made or changed by hand are lost."}
      </p>
      {preview.error && <ProblemLine text={explain(preview.error).why} />}
      {merge && (
        <ImportChanges
          merge={merge}
          mode={mode}
          taken={new Set(taken)}
          decisions={decisions}
          onTake={(key, take, added) => {
            const [set, put, on] = added ? ([left, setLeft, !take] as const) : ([extra, setExtra, take] as const);
            const next = new Set(set);
            if (on) next.add(key);
            else next.delete(key);
            put(next);
          }}
          onDecide={(id, decision) => setDecisions({ ...decisions, [id]: decision })}
        />
      )}
      {apply.error && <ProblemLine text={explain(apply.error).why} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          look="primary"
          busy={apply.isPending}
          disabled={!merge || waitsFor !== null}
          onClick={() => merge && (mode === "overwrite" ? setAsking(true) : apply.mutate(merge.base))}
        >
          {mode === "overwrite" ? "Upload & overwrite" : "Take these changes"}
        </Button>
        <Button look="quiet" onClick={onLeave}>
          Leave it as it is
        </Button>
        {merge && waitsFor && <span className="text-muted text-xs">{waitsFor}</span>}
      </div>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => merge && apply.mutate(merge.base)}
        title={`Overwrite “${document.name}”?`}
        consequence={`“${file.report.title || "The file"}” replaces everything that this connector says of its endpoints. Cancel keeps what there is.`}
        verb="Upload & overwrite"
        keep="Cancel"
        busy={apply.isPending}
      />
    </div>
  );
}

/** What is new in the file is taken unless it was left, as long as there is room; what was left out before is not, unless it was chosen. */
function takenOf(merge: ImportMerge, { left, extra }: { left: ReadonlySet<string>; extra: ReadonlySet<string> }): string[] {
  const room = Math.max(0, maxEndpoints - totalOf(merge, {}, 0));
  const added = merge.changes.filter(({ change }) => change === "added").map(({ key }) => key);
  const offered = merge.changes.filter(({ change, key }) => change === "offered" && extra.has(key)).map(({ key }) => key);
  return [...added.slice(0, room).filter((key) => !left.has(key)), ...offered];
}

function totalOf({ changes, unchanged }: ImportMerge, decisions: Readonly<Record<string, Decision>>, taken: number): number {
  const kept = changes.filter(({ change, breaking, id }) => {
    if (change === "changed") return true;
    // Of a conflict over an endpoint that the file no longer has, the file's word is that it goes.
    return change === "conflict" && !(decisions[id] === "file" && breaking.includes("it is gone"));
  });
  return unchanged + kept.length + taken;
}

/** What people did not decide stays as it is here. */
function allDecisions({ changes, signIn }: ImportMerge, decisions: Readonly<Record<string, Decision>>): Record<string, Decision> {
  const conflicts = changes.filter(({ change }) => change === "conflict").map(({ id }) => id);
  const ids = signIn?.conflict ? [...conflicts, signInId] : conflicts;
  return Object.fromEntries(ids.map((id) => [id, decisions[id] ?? "mine"]));
}
