import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import type { CodeTrial } from "../../shared/api/code.ts";
import type { CodeNode } from "../../shared/flow/code-node.ts";
import type { Json } from "../../shared/json.ts";
import { call } from "../api/client.ts";
import { tryCode } from "../api/code-routes.ts";
import { explain } from "../api/explain.ts";
import { Button } from "../ui/button.tsx";
import { formatDuration } from "../ui/format-time.ts";
import { JsonView } from "../ui/json-view.tsx";
import { ConsoleLines } from "./console-lines.tsx";
import type { DataRoot } from "./data-roots.ts";
import { previewOf } from "./expression-text.ts";

/** Runs the code once with the samples of earlier steps, outside of any run. What it gives may become the step's sample. */
export function CodeTrialPart({
  node,
  roots,
  onSample,
}: {
  node: CodeNode;
  roots: readonly DataRoot[];
  onSample: (sample: Json) => void;
}) {
  const trial = useMutation({
    mutationFn() {
      const { inputs } = sampledInputs(node, roots);
      return call(tryCode, { body: { code: node.code, inputs, timeoutMs: node.timeoutMs } });
    },
  });
  const { unknown } = sampledInputs(node, roots);
  return (
    <section aria-label="Try the code" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button size="small" busy={trial.isPending} onClick={() => trial.mutate()}>
          <Play aria-hidden="true" />
          Try it
        </Button>
        <span className="min-w-0 flex-1 text-muted text-xs">
          {unknown.length === 0 ? "with the samples of earlier steps" : `without ${unknown.join(", ")}: there is no sample`}
        </span>
      </div>
      {trial.error && (
        <p role="alert" className="text-failed-text text-sm">
          {explain(trial.error).why}
        </p>
      )}
      {trial.data && <Result trial={trial.data} onSample={onSample} />}
    </section>
  );
}

function Result({ trial, onSample }: { trial: CodeTrial; onSample: (sample: Json) => void }) {
  const { error, output, durationMs } = trial;
  return (
    <div className="flex flex-col gap-3 rounded-card border border-line p-3">
      {error ? (
        <p role="alert" className="break-words text-failed-text text-sm">
          {error.name !== null && `${error.name}: `}
          {error.message}
          {error.line !== null && ` (line ${error.line}, column ${error.column})`}
        </p>
      ) : (
        <>
          <p role="status" className="text-muted text-xs">
            Returned after {formatDuration(durationMs)}
          </p>
          <JsonView value={output} root="output" label="Returned" />
          <Button size="small" className="self-start" onClick={() => onSample(output)}>
            Use as the sample output
          </Button>
        </>
      )}
      <ConsoleLines lines={trial.console} />
    </div>
  );
}

/** The inputs as the samples give them; those that only a run can tell are null, and named in `unknown`. */
export function sampledInputs(
  { inputs }: Pick<CodeNode, "inputs">,
  roots: readonly DataRoot[],
): { inputs: Record<string, Json>; unknown: string[] } {
  const unknown: string[] = [];
  const resolve = (value: Json, name: string): Json => {
    if (typeof value === "string") {
      const preview = previewOf(value, roots);
      if (preview.state === "value") return preview.value;
      if (!unknown.includes(name)) unknown.push(name);
      return null;
    }
    if (Array.isArray(value)) return value.map((item) => resolve(item, name));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, name)]));
  };
  return { inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, resolve(value, name)])), unknown };
}
