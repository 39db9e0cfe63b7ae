import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import type { FlowSummary, HookSummary } from "../../../shared/api/flows.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import type { NodeKind } from "../../../shared/flow/node.ts";
import { blocking, type FlowProblem } from "../../../shared/flow/validate-flow.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { publishDraft } from "../../api/routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { Button, buttonStyle } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { compareFlows } from "./compare-flows.ts";
import { notSaved } from "./not-saved.ts";
import { ProblemItems } from "./problems-list.tsx";

type PublishProps = {
  flow: FlowSummary;
  document: Flow;
  published: Flow | null;
  hooks: readonly HookSummary[];
  problems: readonly FlowProblem[];
  queue: SaveQueue;
  onPublished: (revision: number) => void;
  onChoose: (node: string) => void;
  onClose: () => void;
};

/** Says what becomes live, or what is in its way; then that it is live, and where. */
export function PublishDialog(props: PublishProps) {
  const { flow, document, hooks, problems, queue, onPublished, onChoose, onClose } = props;
  const client = useQueryClient();
  const publish = useMutation({
    async mutationFn() {
      if (!(await queue.flush())) throw notSaved();
      const revision = queue.revision();
      const { version } = await call(publishDraft, { params: { flow: flow.id }, body: { revision } });
      return { version, revision };
    },
    onSuccess({ revision }) {
      onPublished(revision);
      for (const key of [["flow", flow.id], ["versions", flow.id], ["flows"], ["connectors"], ["hook"]])
        void client.invalidateQueries({ queryKey: key });
    },
  });
  const inTheWay = blocking(problemsOf(publish.error) ?? problems);
  const warnings = problems.filter(({ severity }) => severity === "warning");
  if (publish.data)
    return <Published flow={flow} document={document} version={publish.data.version} hooks={hooks} onClose={onClose} />;
  const isBlocked = inTheWay.length > 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Publish “${flow.name}”`}
      description={
        isBlocked
          ? `${inTheWay.length === 1 ? "One problem is" : `${inTheWay.length} problems are`} in the way. Choose one to go to its place.`
          : "The draft becomes the version that runs, at once. Runs under way end on the version they began with."
      }
      footer={
        <>
          <Button onClick={onClose}>{isBlocked ? "Close" : "Cancel"}</Button>
          {!isBlocked && (
            <Button look="primary" busy={publish.isPending} onClick={() => publish.mutate()}>
              Publish version {(flow.version ?? 0) + 1}
            </Button>
          )}
        </>
      }
    >
      {isBlocked ? (
        <div className="-mx-2">
          <ProblemItems problems={inTheWay} document={document} onChoose={onChoose} />
        </div>
      ) : (
        <Differences document={document} published={props.published} />
      )}
      {!isBlocked && warnings.length > 0 && (
        <div className="-mx-2 mt-4">
          <h3 className="px-2 pb-1 font-medium text-sm text-waiting-text">May be meant so</h3>
          <ProblemItems problems={warnings} document={document} onChoose={onChoose} />
        </div>
      )}
      {publish.error && !isBlocked && (
        <p role="alert" className="mt-4 rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
          {explain(publish.error).why} {explain(publish.error).todo}
        </p>
      )}
    </Dialog>
  );
}

/** The server knows more than this page: connections that are gone, connectors that are unfinished. */
export function problemsOf(error: Error | null): FlowProblem[] | null {
  if (!(error instanceof ApiError) || error.code !== "invalid_document") return null;
  const problems = error.details?.problems;
  return Array.isArray(problems) ? (problems as FlowProblem[]) : null;
}

function Differences({ document, published }: { document: Flow; published: Flow | null }) {
  const { added, changed, removed, edges } = compareFlows(published, document);
  if (!published)
    return (
      <Facts>
        <Fact name="Nodes">{document.nodes.map(({ name }) => name).join(", ")}</Fact>
        <Fact name="Edges">{document.edges.length}</Fact>
      </Facts>
    );
  if (added.length + changed.length + removed.length + edges === 0)
    return <p className="text-muted text-sm">Nothing that runs has changed since the published version.</p>;
  return (
    <Facts>
      {added.length > 0 && <Fact name="Added">{added.join(", ")}</Fact>}
      {changed.length > 0 && <Fact name="Changed">{changed.join(", ")}</Fact>}
      {removed.length > 0 && <Fact name="Removed">{removed.join(", ")}</Fact>}
      {edges > 0 && <Fact name="Edges">{edges === 1 ? "1 is new or gone" : `${edges} are new or gone`}</Fact>}
    </Facts>
  );
}

/** How a version is started; with a URL to be copied or without. */
function startWords({ nodes }: Flow, hasUrl: boolean): string {
  const has = (kind: NodeKind) => nodes.some((node) => node.kind === kind);
  if (hasUrl && !has("webhook-trigger") && has("api-trigger")) return "Each call of its API URL starts a run now.";
  if (hasUrl) return "Each event that is posted to its hook URL starts a run now.";
  if (has("app-trigger")) return "Events of its app start a run now.";
  return has("schedule-trigger") ? "It starts by itself at its times." : "It runs when somebody asks for it.";
}

function Published({
  flow,
  document,
  version,
  hooks,
  onClose,
}: {
  flow: FlowSummary;
  document: Flow;
  version: number;
  hooks: readonly HookSummary[];
  onClose: () => void;
}) {
  const urls = hooks.flatMap(({ url }) => url ?? []);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Version ${version} is live`}
      description={startWords(document, urls.length > 0)}
      footer={
        <>
          <Link
            to="/flows/$flow"
            params={{ flow: flow.id }}
            search={{ view: "published" }}
            className={buttonStyle()}
            onClick={onClose}
          >
            View version {version}
          </Link>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="flex items-center gap-2 text-sm text-succeeded-text">
          <CircleCheck aria-hidden="true" className="size-4" />
          Published
        </p>
        {urls.map((url) => (
          <div key={url} className="flex items-center gap-1 rounded-control border border-line bg-panel py-0.5 pr-0.5 pl-2.5">
            <code className="min-w-0 flex-1 truncate font-mono text-xs">{url}</code>
            <CopyButton text={url} what="hook URL" />
          </div>
        ))}
      </div>
    </Dialog>
  );
}
