import { clsx } from "clsx";
import { ChevronDown, Play, X } from "lucide-react";
import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isContainer, isTrigger } from "../../shared/flow/node-ports.ts";
import { blocking, type FlowProblem } from "../../shared/flow/validate-flow.ts";
import { describeNode, kindWord } from "../canvas/describe-node.ts";
import { KindTile } from "../canvas/nodes/kind-tile.tsx";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { dataRoots } from "./data-roots.ts";
import { DataTree } from "./data-tree.tsx";
import { focusField } from "./focus-field.ts";
import { InsertContext, useNewInsertTarget } from "./insert-target.ts";
import { NodeForm } from "./node-form.tsx";
import type { FlowContext } from "./use-flow-context.ts";

export type NodePanelProps = {
  /** Id of the flow. */
  flow: string;
  document: Flow;
  node: FlowNode;
  context: FlowContext;
  /** Those of this node. */
  problems: readonly FlowProblem[];
  /** The one of them whose field takes the keyboard. */
  sought?: FlowProblem | null;
  /** It has it. */
  onFound?: () => void;
  readOnly: boolean;
  /** Changes in a row with the same `group` are one step to undo. */
  onChange: (node: FlowNode, group?: string) => void;
  onRunToHere: () => void;
  onClose: () => void;
};

/** What a node does: the form of its settings, and below it what earlier steps give, to be put into its fields. */
export function NodePanel(props: NodePanelProps) {
  const { flow, document, node, context, problems, readOnly, onChange, onRunToHere, onClose } = props;
  const target = useNewInsertTarget(node.id);
  const { connectors, samples, flows } = context;
  const known = useMemo(() => ({ connectors, samples, flows }), [connectors, samples, flows]);
  const roots = useMemo(() => dataRoots(document, node.id, known), [document, node.id, known]);
  // A container's result is made of what is inside of it.
  const inside = useMemo(
    () => (isContainer(node) ? dataRoots(document, node.id, known, true) : roots),
    [document, node, known, roots],
  );
  const byField = useMemo(() => messagesByField(blocking(problems)), [problems]);
  const panel = useRef<HTMLElement>(null);
  const sought = useSought(panel, props);
  const general = blocking(problems).filter(({ field }) => field === null);
  const warnings = problems.filter(({ severity }) => severity === "warning");
  return (
    <InsertContext value={target}>
      <section ref={panel} aria-label={`Node ${node.name}`} className="flex h-full min-h-0 flex-col">
        <PanelHeader {...{ node, context, readOnly, onChange, onClose }} />
        <div className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto p-4">
          {general.map(({ code, message }) => (
            <p key={code} role="alert" className="text-failed-text text-sm">
              {message}
            </p>
          ))}
          {warnings.length > 0 && (
            <ul aria-label="Warnings" className="flex flex-col gap-1 text-sm text-waiting-text">
              {warnings.map((problem) => (
                <li key={`${problem.field} ${problem.message}`}>{inWords(problem)}</li>
              ))}
            </ul>
          )}
          <NodeForm
            key={node.id}
            {...{ flow, document, node, context, roots, onChange }}
            problems={sought ?? byField}
            disabled={readOnly}
          />
        </div>
        {!isTrigger(node) && !readOnly && <DataDrawer roots={inside} />}
        {!readOnly && (
          <footer className="flex shrink-0 items-center gap-2 border-line border-t px-4 py-2.5">
            <Button onClick={onRunToHere}>
              <Play aria-hidden="true" />
              Run to here
            </Button>
            <span className="text-muted text-xs">with the trigger's sample or form</span>
          </footer>
        )}
      </section>
    </InsertContext>
  );
}

/**
 * What is wrong while a problem's field is looked for: that problem alone, so that the field which says so is the one. The others are
 * back before anything is painted.
 */
function useSought(panel: RefObject<HTMLElement | null>, { sought, onFound }: NodePanelProps): Record<string, string> | null {
  useLayoutEffect(() => {
    if (!sought) return;
    focusField(panel.current);
    onFound?.();
  }, [panel, sought, onFound]);
  return useMemo(() => (sought && sought.field !== null ? messagesByField([sought]) : null), [sought]);
}

function PanelHeader({
  node,
  context,
  readOnly,
  onChange,
  onClose,
}: Pick<NodePanelProps, "node" | "context" | "readOnly" | "onChange" | "onClose">) {
  const [name, setName] = useState<string | null>(null);
  return (
    <header className="flex shrink-0 items-center gap-3 border-line border-b p-4">
      <KindTile kind={node.kind} />
      <div className="min-w-0 flex-1">
        {readOnly ? (
          <h2 className="truncate font-semibold text-base leading-heading">{node.name}</h2>
        ) : (
          <input
            aria-label="Name of the node"
            maxLength={120}
            value={name ?? node.name}
            onBlur={() => setName(null)}
            onChange={(event) => {
              const typed = event.target.value;
              setName(typed.trim() === "" ? typed : null);
              if (typed.trim() !== "") onChange({ ...node, name: typed }, "name");
            }}
            className="-mx-1.5 h-7 w-full truncate rounded-control border border-transparent bg-transparent px-1.5 font-semibold text-base hover:border-line-control focus:border-line-control"
          />
        )}
        <p className="truncate text-muted text-xs">
          {kindWord(node.kind)} · {describeNode(node, context.labels)}
        </p>
      </div>
      <IconButton label="Back to the flow" onClick={onClose}>
        <X aria-hidden="true" />
      </IconButton>
    </header>
  );
}

function DataDrawer({ roots }: { roots: ReturnType<typeof dataRoots> }) {
  const [open, setOpen] = useState(true);
  return (
    <section aria-label="Data of earlier steps" className={clsx("flex shrink-0 flex-col border-line border-t", open && "h-1/3")}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-9 shrink-0 items-center gap-2 px-4 text-left font-semibold text-sm -outline-offset-2 hover:bg-hover"
      >
        <ChevronDown aria-hidden="true" className={clsx("size-4 text-muted transition-transform", !open && "-rotate-90")} />
        Data of earlier steps
        <span className="font-normal text-muted text-xs">click or drag into a field</span>
      </button>
      {open && <DataTree roots={roots} />}
    </section>
  );
}

/** The first message of each field. */
function messagesByField(problems: readonly FlowProblem[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const problem of problems) if (problem.field !== null) found[problem.field] ??= inWords(problem);
  return found;
}

function inWords({ message, fix }: FlowProblem): string {
  return fix === undefined ? message : `${message}: ${fix}`;
}
