import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Submission } from "../../../shared/api/marketplace.ts";
import { lintConnector } from "../../../shared/connector/lint-connector.ts";
import { reviewChecklist } from "../../../shared/connector/review-checklist.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorVersionQuery, submissionsQuery } from "../../api/queries.ts";
import { decideSubmission } from "../../api/routes.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { Field } from "../../ui/field.tsx";
import { TextArea } from "../../ui/input.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.ts";
import { ConnectorLogo } from "../connectors/connector-logo.tsx";
import { useRefreshVersions } from "../connectors/use-refresh-versions.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { Page, PageHeader } from "../shell/page.tsx";

const stateWords = {
  "in-review": { word: "In review", tone: "waiting" },
  approved: { word: "Approved", tone: "succeeded" },
  rejected: { word: "Rejected", tone: "failed" },
  withdrawn: { word: "Withdrawn", tone: "neutral" },
} as const;

/** What waits for an administrator, and what became of the rest. */
export function ReviewsPage() {
  const { data, error, refetch } = useQuery(submissionsQuery());
  const [reviewed, setReviewed] = useState<Submission | null>(null);
  return (
    <Page crumbs={[{ label: "Marketplace", link: { to: "/marketplace" } }, { label: "Reviews" }]} width="reading">
      <PageHeader title="Reviews">Versions of connectors that were submitted to the marketplace.</PageHeader>
      {data ? (
        data.submissions.length > 0 ? (
          <ul aria-label="Submissions" className="divide-y divide-line rounded-card border border-line">
            {data.submissions.map((submission) => (
              <SubmissionRow key={submission.id} submission={submission} onReview={() => setReviewed(submission)} />
            ))}
          </ul>
        ) : (
          <Empty title="Nothing was submitted yet" picture={<LooseCable />}>
            Submit a connector under its Versions, once all of its tests have passed.
          </Empty>
        )
      ) : error ? (
        <ApiProblem error={error} what="The submissions could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows />
      )}
      {reviewed && <ReviewDialog submission={reviewed} onClose={() => setReviewed(null)} />}
    </Page>
  );
}

function SubmissionRow({ submission, onReview }: { submission: Submission; onReview: () => void }) {
  const { connector, version, state, note, reason, submittedBy, submittedAt, decidedBy } = submission;
  return (
    <li className="flex items-center gap-3 px-4 py-2.5" data-testid="submission-row">
      <ConnectorLogo name={connector.name} logo={connector.logo} />
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="truncate text-sm">
          <Link
            to="/connectors/$connector"
            params={{ connector: connector.key }}
            search={{ section: "versions" }}
            className="font-medium hover:underline"
          >
            {connector.name}
          </Link>
          <span className="text-muted"> · version {version}</span>
        </span>
        <span className="truncate text-muted text-xs">
          {submittedBy}
          {" · "}
          <RelativeTime at={submittedAt} />
          {note && ` · ${note}`}
        </span>
        {reason && (
          <span className="text-failed-text text-xs">
            {decidedBy}: {reason}
          </span>
        )}
      </div>
      <Badge tone={stateWords[state].tone}>{stateWords[state].word}</Badge>
      {state === "in-review" && (
        <Button size="small" onClick={onReview}>
          Review
        </Button>
      )}
    </li>
  );
}

type Decision = Parameters<typeof send>[1];
const send = (submission: string, decision: { outcome: "approve"; checklist: Item[] } | { outcome: "reject"; reason: string }) =>
  call(decideSubmission, { params: { submission }, body: { decision } });
type Item = (typeof reviewChecklist)[number]["key"];

function ReviewDialog({ submission, onClose }: { submission: Submission; onClose: () => void }) {
  const { connector, version, note } = submission;
  const [checked, setChecked] = useState<ReadonlySet<Item>>(new Set());
  /** Null: not being rejected. */
  const [reason, setReason] = useState<string | null>(null);
  const refresh = useRefreshVersions();
  const decide = useMutation({
    mutationFn: (decision: Decision) => send(submission.id, decision),
    onSuccess: async (_, { outcome }) => {
      notify("done", outcome === "approve" ? `${connector.name} is listed` : `${connector.name} was rejected`);
      await refresh();
      onClose();
    },
  });
  const open = reviewChecklist.length - checked.size;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Review “${connector.name}”, version ${version}`}
      description={note || "The author left no note."}
      hint={reason === null && open > 0 ? `${open} of ${reviewChecklist.length} still to confirm` : undefined}
      footer={
        reason === null ? (
          <>
            <Button onClick={() => setReason("")}>Reject…</Button>
            <Button
              look="primary"
              disabled={open > 0}
              busy={decide.isPending}
              onClick={() => decide.mutate({ outcome: "approve", checklist: [...checked] })}
            >
              Approve and list
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => setReason(null)}>Back</Button>
            <Button
              look="danger"
              disabled={reason.trim() === ""}
              busy={decide.isPending}
              onClick={() => decide.mutate({ outcome: "reject", reason })}
            >
              Reject version {version}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-5 pb-2">
        <Reviewed connector={connector.key} version={version} />
        {reason === null ? (
          <fieldset className="flex flex-col gap-2.5">
            <legend className="mb-2 font-medium text-sm">Checklist</legend>
            {reviewChecklist.map(({ key, label }) => (
              <Checkbox
                key={key}
                checked={checked.has(key)}
                onChange={(on) =>
                  setChecked((before) => new Set(on ? [...before, key] : [...before].filter((each) => each !== key)))
                }
              >
                {label}
              </Checkbox>
            ))}
          </fieldset>
        ) : (
          <Field label="Reason" required help="What has to change: the author reads it." counter={`${reason.length}/2000`}>
            {(control) => (
              <TextArea {...control} value={reason} maxLength={2_000} onChange={(event) => setReason(event.target.value)} />
            )}
          </Field>
        )}
        {decide.error && (
          <p role="alert" className="rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
            {explain(decide.error).why}
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** What a reviewer has to know of the version itself. */
function Reviewed({ connector, version }: { connector: string; version: number }) {
  const { data } = useQuery(connectorVersionQuery(connector, version));
  if (!data) return null;
  const { document } = data;
  // All tests had passed when the version was made: that is what makes one.
  const passed = document.endpoints.map(({ key }) => ({ endpoint: key, passed: true, stale: false }));
  const { score, findings } = lintConnector(document, passed);
  return (
    <Facts>
      <Fact name="Calls go to">
        <code className="font-mono text-xs">{document.baseUrl}</code>
      </Fact>
      <Fact name="Endpoints">{document.endpoints.length}, all tested</Fact>
      <Fact name="Actions">{document.actions?.length ?? 0}</Fact>
      <Fact name="Quality">
        {score} of 100
        {findings.length > 0 && <span className="text-muted"> · {findings[0]?.message}</span>}
      </Fact>
    </Facts>
  );
}
