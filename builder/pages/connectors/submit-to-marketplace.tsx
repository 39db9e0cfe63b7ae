import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Submission } from "../../../shared/api/marketplace.ts";
import { lintConnector } from "../../../shared/connector/lint-connector.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { importSourceQuery } from "../../api/import-queries.ts";
import { submissionsQuery } from "../../api/queries.ts";
import { submitConnector, withdrawConnector } from "../../api/routes.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm, Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { TextArea } from "../../ui/input.tsx";
import { notify } from "../../ui/toast.ts";
import type { LoadedConnector } from "./loaded-connector.ts";
import { useRefreshVersions } from "./use-refresh-versions.ts";

const stateWords = {
  "in-review": { word: "In review", tone: "waiting" },
  approved: { word: "Listed", tone: "succeeded" },
  rejected: { word: "Rejected", tone: "failed" },
  withdrawn: { word: "Withdrawn", tone: "neutral" },
} as const;

/** From a version to the marketplace: its quality, its submission, and what became of that. */
export function SubmitToMarketplace({
  loaded,
  newest,
  changed,
}: {
  loaded: LoadedConnector;
  /** Number of the newest version; null: there is none. */
  newest: number | null;
  /** The draft differs from it. */
  changed: boolean;
}) {
  const { document, tests } = loaded;
  const { data } = useQuery(submissionsQuery(document.key));
  const [submitting, setSubmitting] = useState(false);
  const [withdrawing, setWithdrawing] = useState(false);
  const refresh = useRefreshVersions();
  const withdraw = useMutation({
    mutationFn: () => call(withdrawConnector, { params: { connector: document.key }, body: {} }),
    onSuccess: refresh,
    onError: (fault) => notify("failed", "Nothing was withdrawn", explain(fault).why),
    onSettled: () => setWithdrawing(false),
  });
  const last = data?.submissions[0];
  const isOut = last?.state === "in-review" || last?.state === "approved";
  const maySubmit = newest !== null && last?.state !== "in-review" && !(last?.state === "approved" && last.version === newest);
  const { data: file } = useQuery(importSourceQuery(document.key));
  const { score, findings } = lintConnector(document, tests, file?.source?.extensions);
  return (
    <section aria-label="Marketplace" className="flex flex-col gap-4 rounded-card border border-line p-4">
      <div className="flex items-start gap-3">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <h3 className="font-semibold text-base">Marketplace</h3>
          <p className="text-muted text-sm">{last ? <LastWords last={last} /> : "It has not been submitted."}</p>
        </div>
        {last && <Badge tone={stateWords[last.state].tone}>{stateWords[last.state].word}</Badge>}
      </div>
      <Quality score={score} findings={findings} connector={document.key} />
      <div className="flex items-center gap-3">
        <Button disabled={!maySubmit} onClick={() => setSubmitting(true)}>
          {newest === null ? "Submit" : `Submit version ${newest}`}
        </Button>
        {isOut && (
          <Button look="quiet" onClick={() => setWithdrawing(true)}>
            Withdraw
          </Button>
        )}
        <p className="text-muted text-xs">
          {newest === null
            ? "Add the app first: that makes its first version."
            : changed
              ? "What changed since that version is not part of it."
              : null}
        </p>
      </div>
      {submitting && newest !== null && (
        <SubmitDialog connector={document.key} name={document.name} version={newest} onClose={() => setSubmitting(false)} />
      )}
      <Confirm
        open={withdrawing}
        onClose={() => setWithdrawing(false)}
        onConfirm={() => withdraw.mutate()}
        busy={withdraw.isPending}
        title={`Withdraw “${document.name}”?`}
        consequence="It leaves the marketplace, or the review. Where it is installed it goes on working."
        verb="Withdraw connector"
        keep="Keep it"
      />
    </section>
  );
}

function LastWords({ last }: { last: Submission }) {
  const version = `Version ${last.version}`;
  switch (last.state) {
    case "in-review":
      return <>{version} waits for an administrator to review it.</>;
    case "approved":
      return <>{version} is listed.</>;
    case "rejected":
      return (
        <>
          {version} was rejected: {last.reason}
        </>
      );
    case "withdrawn":
      return <>{version} was withdrawn.</>;
  }
}

type Findings = ReturnType<typeof lintConnector>["findings"];
const shownFindings = 6;

function Quality({ score, findings, connector }: { score: number; findings: Findings; connector: string }) {
  const tone = score >= 90 ? "succeeded" : score >= 60 ? "waiting" : "failed";
  return (
    <details className="group text-sm">
      <summary className="flex cursor-pointer items-center gap-2 rounded-small">
        <span className="font-medium">Quality</span>
        <Badge tone={tone}>{score} of 100</Badge>
        <span className="text-muted">
          {findings.length === 0 ? "nothing found" : findings.length === 1 ? "1 finding" : `${findings.length} findings`}
        </span>
      </summary>
      <ul className="flex flex-col gap-1 pt-2 text-muted">
        {findings.slice(0, shownFindings).map(({ rule, endpoint, message }) => (
          <li key={`${rule} ${endpoint} ${message}`}>
            {endpoint === null ? (
              message
            ) : (
              <Link
                to="/connectors/$connector"
                params={{ connector }}
                search={{ section: "endpoints", endpoint }}
                className="underline decoration-line-control hover:text-text"
              >
                {message}
              </Link>
            )}
          </li>
        ))}
        {findings.length > shownFindings && <li>and {findings.length - shownFindings} more</li>}
      </ul>
    </details>
  );
}

function SubmitDialog({
  connector,
  name,
  version,
  onClose,
}: {
  connector: string;
  name: string;
  version: number;
  onClose: () => void;
}) {
  const [note, setNote] = useState("");
  const refresh = useRefreshVersions();
  const submit = useMutation({
    mutationFn: () => call(submitConnector, { params: { connector }, body: { version, note } }),
    onSuccess: async () => {
      notify("done", "Submitted for review");
      await refresh();
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Submit “${name}” to the marketplace`}
      description={`An administrator reviews version ${version}; once it is approved, everybody in this installation finds it.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={submit.isPending} onClick={() => submit.mutate()}>
            Submit version {version}
          </Button>
        </>
      }
    >
      <Field label="For the reviewer" help="What it is for, and how it can be tried." counter={`${note.length}/2000`}>
        {(control) => <TextArea {...control} value={note} maxLength={2_000} onChange={(event) => setNote(event.target.value)} />}
      </Field>
      {submit.error && (
        <p role="alert" className="mt-4 rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
          {explain(submit.error).why}
        </p>
      )}
    </Dialog>
  );
}
