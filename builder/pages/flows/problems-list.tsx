import { X } from "lucide-react";
import type { Flow } from "../../../shared/flow/flow.ts";
import { blocking, type FlowProblem } from "../../../shared/flow/validate-flow.ts";
import { KindTile } from "../../canvas/nodes/kind-tile.tsx";
import { IconButton } from "../../ui/icon-button.tsx";

/** Each problem as a way to its node, and there to its field. */
export function ProblemItems({ problems, document, onChoose }: ListProps) {
  return (
    <ul className="flex flex-col">
      {problems.map((problem, index) => {
        const node = document.nodes.find(({ id }) => id === problem.node);
        const message = sentence(problem.message);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same problem may occur twice and has no other identity
          <li key={`${problem.node} ${problem.code} ${problem.field} ${index}`}>
            {node ? (
              <button
                type="button"
                onClick={() => onChoose(node.id, problem)}
                className="flex w-full items-center gap-3 rounded-control px-2 py-1.5 text-left text-sm -outline-offset-2 hover:bg-hover"
              >
                <KindTile kind={node.kind} size="small" />
                <span className="min-w-0 flex-1">
                  {!message.includes(`"${node.name}"`) && <span className="font-medium">{node.name}: </span>}
                  {message}.{problem.fix !== undefined && <span className="text-muted"> {sentence(problem.fix)}</span>}
                </span>
              </button>
            ) : (
              <p className="px-2 py-1.5 text-sm">{message}.</p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What keeps the flow from being published, and apart from it what does not. */
function ProblemGroups({ problems, ...list }: ListProps) {
  const inTheWay = blocking(problems);
  const warnings = problems.filter(({ severity }) => severity === "warning");
  return (
    <>
      {inTheWay.length > 0 ? (
        <ProblemItems {...list} problems={inTheWay} />
      ) : (
        <p className="px-2 pb-2 text-muted text-sm">None: this draft can be published.</p>
      )}
      {warnings.length > 0 && (
        <>
          <h3 className="px-2 pt-2 pb-1 font-medium text-waiting-text text-xs">May be meant so</h3>
          <ProblemItems {...list} problems={warnings} />
        </>
      )}
    </>
  );
}

type ListProps = {
  problems: readonly FlowProblem[];
  document: Flow;
  onChoose: (node: string, problem: FlowProblem) => void;
};

/** The list of problems over the foot of the canvas. */
export function ProblemsDrawer({ onClose, ...list }: ListProps & { onClose: () => void }) {
  return (
    <section aria-label="Problems" className="flex max-h-60 shrink-0 animate-appear flex-col border-line border-t bg-page">
      <header className="flex items-center justify-between py-1.5 pr-2 pl-4">
        <h2 className="font-semibold text-sm">Problems</h2>
        <IconButton label="Close the problems" onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </header>
      <div className="overflow-y-auto px-2 pb-2">
        <ProblemGroups {...list} />
      </div>
    </section>
  );
}
