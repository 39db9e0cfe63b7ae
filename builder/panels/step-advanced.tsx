import { ChevronRight } from "lucide-react";
import { type ReactNode, useLayoutEffect, useRef } from "react";
import type { StepNode, TriggerNode } from "../../shared/flow/node.ts";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { SecretPaths } from "./secret-paths.tsx";

const goOn = { value: "continue", label: "Go on all the same" } as const;
const failures = [{ value: "fail", label: "Leave by “error”, else fail the run" }, goOn] as const;
/** Inside of a container a failure ends that first. */
const failuresInside = [{ value: "fail", label: "Leave by “error”, else fail the container" }, goOn] as const;

/** Steps whose output holds what came from outside, or was made of it. */
const mayHoldSecrets = new Set<StepNode["kind"]>([
  "call",
  "http",
  "code",
  "transform",
  "for-each",
  "try",
  "wait",
  "approval",
  "sub-flow",
  "key-value",
]);

/** What most steps do without, closed at first: how a failure is taken, limits of a call, which of its output is secret. */
export function StepAdvanced({
  node,
  disabled,
  problem,
  onChange,
  children,
}: {
  node: StepNode;
  disabled: boolean;
  /** One of its fields has a problem: it is open. */
  problem?: string | undefined;
  onChange: (node: StepNode, group?: string) => void;
  /** What the kind has of its own. */
  children?: ReactNode;
}) {
  const said = wordsFor(node);
  return (
    <Fold said={said} open={problem !== undefined}>
      <Field
        label="When it fails"
        help={
          node.onError === "continue"
            ? "What follows runs, and finds no output of this step; the run says that the step failed."
            : undefined
        }
      >
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={node.onError ?? "fail"}
            options={node.parent === undefined ? failures : failuresInside}
            onChange={(onError) => {
              const { onError: _, ...rest } = node;
              onChange(onError === "fail" ? rest : { ...node, onError });
            }}
          />
        )}
      </Field>
      {children}
      {mayHoldSecrets.has(node.kind) && (
        <SecretPaths
          help="One on each line, e.g. body.token. Their values are stored encrypted and shown masked."
          paths={node.secretPaths ?? []}
          error={problem}
          disabled={disabled}
          onChange={(paths) => onChange(withSecretPaths(node, paths), "secretPaths")}
        />
      )}
    </Fold>
  );
}

/** The same of a trigger: which of what it gives is secret. */
export function TriggerAdvanced({
  node,
  disabled,
  problem,
  onChange,
}: {
  node: TriggerNode;
  disabled: boolean;
  problem?: string | undefined;
  onChange: (node: TriggerNode, group?: string) => void;
}) {
  return (
    <Fold said={secretWords(node)} open={problem !== undefined}>
      <SecretPaths
        help="One on each line, e.g. body.token. Runs store their values encrypted and show them masked; the event in the inbox stays as it came."
        paths={node.secretPaths ?? []}
        error={problem}
        disabled={disabled}
        onChange={(paths) => onChange(withSecretPaths(node, paths), "secretPaths")}
      />
    </Fold>
  );
}

/** A problem opens it; nobody but the person closes it. */
function Fold({ said, open, children }: { said: string; open: boolean; children: ReactNode }) {
  const fold = useRef<HTMLDetailsElement>(null);
  useLayoutEffect(() => {
    if (open && fold.current) fold.current.open = true;
  }, [open]);
  return (
    <details ref={fold} className="group rounded-card border border-line">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-card px-3 py-2 font-medium text-muted text-sm hover:text-text">
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 transition-transform group-open:rotate-90" />
        Advanced
        {said !== "" && <span className="min-w-0 truncate font-normal text-xs">{said}</span>}
      </summary>
      <div className="flex flex-col gap-4 px-3 pt-1 pb-4">{children}</div>
    </details>
  );
}

/** The rest of a node without its paths is that node. */
function withSecretPaths<Node extends StepNode | TriggerNode>(node: Node, paths: string[]): Node {
  const { secretPaths: _, ...rest } = node;
  return (paths.length === 0 ? rest : { ...node, secretPaths: paths }) as Node;
}

function wordsFor(node: StepNode): string {
  return [node.onError === "continue" ? "goes on when it fails" : "", secretWords(node)]
    .filter((words) => words !== "")
    .join(", ");
}

function secretWords({ secretPaths = [] }: StepNode | TriggerNode): string {
  const { length } = secretPaths;
  return length === 0 ? "" : length === 1 ? "1 secret path" : `${length} secret paths`;
}
