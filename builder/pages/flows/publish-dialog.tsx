import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { FlowSummary, HookSummary } from "../../../shared/api/flows.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import { blocking, type FlowProblem } from "../../../shared/flow/validate-flow.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { publishDraft } from "../../api/routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { FailingTests } from "../flow-tests/failing-tests.tsx";
import { useReplay } from "../flow-tests/use-replay.ts";
import { FlowDifferences } from "./flow-differences.tsx";
import { notSaved } from "./not-saved.ts";
import { ProblemItems } from "./problems-list.tsx";
import { problemsOf } from "./problems-of.ts";
import { PublishedDialog } from "./published-dialog.tsx";

const TryOnEvents = lazy(() => import("../flow-tests/try-on-events.tsx"));

type PublishProps = {
  flow: FlowSummary;
  document: Flow;
  published: Flow | null;
  hooks: readonly HookSummary[];
  problems: readonly FlowProblem[];
  queue: SaveQueue;
  onPublished: (revision: number) => void;
  onChoose: (node: string, problem?: FlowProblem) => void;
  onTests: () => void;
  onClose: () => void;
};

/** Says what becomes live, or what is in its way, and what it would make of the last events; then that it is live, and where. */
export function PublishDialog(props: PublishProps) {
  const { flow, document, hooks, queue, onChoose, onClose } = props;
  const publish = usePublish(flow.id, queue, props.onPublished);
  const replay = useReplay(flow.id, queue);
  const found = problemsOf(publish.error) ?? problemsOf(replay.error);
  const inTheWay = blocking(found ?? props.problems);
  const warnings = props.problems.filter(({ severity }) => severity === "warning");
  if (publish.data)
    return <PublishedDialog flow={flow} document={document} version={publish.data.version} hooks={hooks} onClose={onClose} />;
  const isBlocked = inTheWay.length > 0;
  return (
    <Dialog
      open
      wide={!isBlocked && replay.data !== undefined}
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
        <div className="flex flex-col gap-4">
          <FlowDifferences document={document} published={props.published} />
          {warnings.length > 0 && (
            <div className="-mx-2">
              <h3 className="px-2 pb-1 font-medium text-sm text-waiting-text">May be meant so</h3>
              <ProblemItems problems={warnings} document={document} onChoose={onChoose} />
            </div>
          )}
          <FailingTests flow={flow.id} queue={queue} onTests={props.onTests} />
          {flow.version !== null && (
            <Suspense>
              <TryOnEvents replay={replay} document={document} onChoose={onChoose} />
            </Suspense>
          )}
          {publish.error && <ProblemLine text={`${explain(publish.error).why} ${explain(publish.error).todo}`} />}
        </div>
      )}
    </Dialog>
  );
}

function usePublish(flow: string, queue: SaveQueue, onPublished: (revision: number) => void) {
  const client = useQueryClient();
  return useMutation({
    async mutationFn() {
      if (!(await queue.flush())) throw notSaved();
      const revision = queue.revision();
      const { version } = await call(publishDraft, { params: { flow }, body: { revision } });
      return { version, revision };
    },
    onSuccess({ revision }) {
      onPublished(revision);
      for (const key of [["flow", flow], ["versions", flow], ["flows"], ["connectors"], ["hook"]])
        void client.invalidateQueries({ queryKey: key });
    },
  });
}
