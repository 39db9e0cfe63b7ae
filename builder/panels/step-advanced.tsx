import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { StepNode } from "../../shared/flow/node.ts";
import { Field } from "../ui/field.tsx";
import { Choice, TextArea } from "../ui/input.tsx";

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
    <details open={problem !== undefined || undefined} className="group rounded-card border border-line">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-card px-3 py-2 font-medium text-muted text-sm hover:text-text">
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 transition-transform group-open:rotate-90" />
        Advanced
        {said !== "" && <span className="min-w-0 truncate font-normal text-xs">{said}</span>}
      </summary>
      <div className="flex flex-col gap-4 px-3 pt-1 pb-4">
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
            paths={node.secretPaths ?? []}
            error={problem}
            disabled={disabled}
            onChange={(paths) => {
              const { secretPaths: _, ...rest } = node;
              onChange(paths.length === 0 ? rest : { ...node, secretPaths: paths }, "secretPaths");
            }}
          />
        )}
      </div>
    </details>
  );
}

function wordsFor(node: StepNode): string {
  const secrets = node.secretPaths?.length ?? 0;
  return [
    ...(node.onError === "continue" ? ["goes on when it fails"] : []),
    ...(secrets > 0 ? [secrets === 1 ? "1 secret path" : `${secrets} secret paths`] : []),
  ].join(", ");
}

const mostPaths = 50;
const longestPath = 300;

/** Paths as lines; what is typed stays in sight, and only lines that say something are paths. */
function SecretPaths({
  paths,
  error,
  disabled,
  onChange,
}: {
  paths: readonly string[];
  error: string | undefined;
  disabled: boolean;
  onChange: (paths: string[]) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const lines = linesOf(typed ?? "");
  const problem =
    lines.length > mostPaths
      ? `At most ${mostPaths} paths.`
      : lines.some((line) => line.length > longestPath)
        ? `A path has at most ${longestPath} characters.`
        : error;
  return (
    <Field
      label="Secret paths of its output"
      help="One on each line, e.g. body.token. Their values are stored encrypted and shown masked."
      error={problem}
    >
      {(control) => (
        <TextArea
          {...control}
          mono
          spellCheck={false}
          disabled={disabled}
          placeholder="body.token"
          value={typed ?? paths.join("\n")}
          onBlur={() => setTyped(null)}
          onChange={({ target: { value } }) => {
            setTyped(value);
            const next = linesOf(value);
            if (next.length <= mostPaths && next.every((line) => line.length <= longestPath)) onChange(next);
          }}
        />
      )}
    </Field>
  );
}

function linesOf(text: string): string[] {
  return [...new Set(text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()])))];
}
