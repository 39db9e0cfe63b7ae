import type { HttpNode } from "../../shared/flow/http-node.ts";
import type { CallNode } from "../../shared/flow/node.ts";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { DurationInput } from "./duration-input.tsx";
import { defaultAttempts } from "./node-settings.tsx";

/** What both kinds of outside calls have: how often, how long, and what becomes of one whose outcome nobody knows. */
type Calling = Pick<CallNode | HttpNode, "retry" | "onUnknownOutcome" | "timeoutMs">;

const unknownOutcomes = [
  { value: "", label: "As usual: ask, unless the API knows idempotency keys" },
  { value: "ask", label: "Ask a person" },
  { value: "send-again", label: "Send again with the same key" },
  { value: "fail", label: "Fail the step" },
] as const;

export const usualRetry = { maxAttempts: defaultAttempts, backoffMs: 1_000, factor: 2, maxBackoffMs: 60_000, jitter: 0.2 };
const mostAttempts = 20;
const longestBackoffMs = 3_600_000;

/** Attempts, time limit and the unknown outcome of a step that calls out. `unsafe`: a second request could do its work twice. */
export function CallPolicy<Node extends Calling>({
  node,
  unsafe,
  disabled,
  onChange,
}: {
  node: Node;
  unsafe: boolean;
  disabled: boolean;
  onChange: (node: Node, group?: string) => void;
}) {
  const retry = node.retry ?? usualRetry;
  return (
    <>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-4">
        <Field label="Attempts" help="At most 20.">
          {(control) => (
            <NumberInput
              {...control}
              disabled={disabled}
              className="w-20!"
              value={retry.maxAttempts}
              accepts={(attempts) => attempts !== null && Number.isInteger(attempts) && attempts >= 1 && attempts <= mostAttempts}
              onChange={(maxAttempts) =>
                maxAttempts !== null && onChange({ ...node, retry: { ...retry, maxAttempts } }, "retry.attempts")
              }
            />
          )}
        </Field>
        <Field label="Pause before the second" help="Each further one is twice as long; Retry-After is obeyed.">
          {(control) => (
            <DurationInput
              control={control}
              value={retry.backoffMs}
              maxMs={longestBackoffMs}
              disabled={disabled || retry.maxAttempts === 1}
              onChange={(backoffMs) =>
                backoffMs !== null &&
                onChange(
                  { ...node, retry: { ...retry, backoffMs, maxBackoffMs: Math.max(retry.maxBackoffMs, backoffMs) } },
                  "retry.pause",
                )
              }
            />
          )}
        </Field>
      </div>
      <Field label="Time limit (seconds)" help="30 when empty; from 0.1 to 300.">
        {(control) => (
          <NumberInput
            {...control}
            disabled={disabled}
            className="w-28!"
            value={node.timeoutMs === undefined ? null : node.timeoutMs / 1_000}
            accepts={(seconds) => seconds === null || (seconds >= 0.1 && seconds <= 300)}
            onChange={(seconds) => {
              const { timeoutMs: _, ...rest } = node;
              // The rest of a node without an option is that node.
              onChange(seconds === null ? (rest as Node) : { ...node, timeoutMs: Math.round(seconds * 1_000) }, "timeout");
            }}
          />
        )}
      </Field>
      {unsafe && (
        <Field label="When nobody knows whether it was performed" help="After a crash or a lost connection.">
          {(control) => (
            <Choice
              {...control}
              disabled={disabled}
              value={node.onUnknownOutcome ?? ""}
              options={unknownOutcomes}
              onChange={(chosen) => {
                const { onUnknownOutcome: _, ...rest } = node;
                onChange(chosen === "" ? (rest as Node) : { ...node, onUnknownOutcome: chosen });
              }}
            />
          )}
        </Field>
      )}
    </>
  );
}
