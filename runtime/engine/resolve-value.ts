import { ancestors } from "../../shared/flow/graph.ts";
import type { Root } from "../../shared/flow/jsonata.ts";
import type { Json } from "../../shared/json.ts";
import type { Evaluated } from "../expressions/jsonata-pool.ts";
import type { CompiledValue, Lookup } from "../expressions/resolve-template.ts";
import type { StepContext, StepOutcome } from "./step.ts";

/** A value of a step for this run, or why the step fails. */
export type Resolved = { outcome: "resolved"; value: Json | undefined } | Extract<StepOutcome, { outcome: "failed" }>;
/** `inside`: the value is resolved inside of the node, which is a container. */
type ToResolve = { node: { id: string; inside?: boolean }; context: Seen; compiled: CompiledValue };
type Seen = Pick<StepContext, "lookup" | "jsonata" | "version">;

/** Resolves a value: at once when it holds only paths, else after one round trip to a process that evaluates JSONata. */
export function resolveValue({ node, context, compiled }: ToResolve): Resolved | Promise<Resolved> {
  const { expressions, roots } = compiled;
  if (expressions.length === 0) return { outcome: "resolved", value: compiled.resolve(context.lookup, () => undefined) };
  const input = inputOf(node, context, roots);
  return context.jsonata.evaluate({ sources: expressions, input }).then((evaluated) => fill(compiled, context.lookup, evaluated));
}

/** Ends a step with a resolved value; a step whose value holds only paths ends in the turn in which it began. */
export function withValue(
  toResolve: ToResolve,
  use: (value: Json | undefined) => StepOutcome | Promise<StepOutcome>,
): StepOutcome | Promise<StepOutcome> {
  const end = (resolved: Resolved) => (resolved.outcome === "resolved" ? use(resolved.value) : resolved);
  const resolved = resolveValue(toResolve);
  return resolved instanceof Promise ? resolved.then(end) : end(resolved);
}

function fill({ expressions, resolve }: CompiledValue, lookup: Lookup, evaluated: Evaluated[]): Resolved {
  const values = new Map<string, Json | undefined>();
  for (const [index, source] of expressions.entries()) {
    const result = evaluated[index];
    if (result?.outcome === "failed") return failure(result);
    values.set(source, result?.value);
  }
  return { outcome: "resolved", value: resolve(lookup, (source) => values.get(source)) };
}

function failure({ code, message }: Extract<Evaluated, { outcome: "failed" }>): Resolved {
  return { outcome: "failed", error: { code, message } };
}

/** What the expressions name and nothing more: it is sent to another process. */
function inputOf(node: ToResolve["node"], { lookup, version }: Seen, roots: Root[]): Json {
  const all = roots.some(({ root }) => root === "all");
  const ids = new Set(roots.flatMap((root) => (root.root === "step" ? root.id : [])));
  if (all) for (const id of ancestors(version.graph, node.id)) ids.add(id);
  if (all && node.inside) for (const { id } of version.graph.inside.get(node.id) ?? []) ids.add(id);
  const steps = [...ids].map((id) => [
    id,
    present({ output: at("output", id), status: at("status", id), error: at("error", id), url: at("url", id) }),
  ]);
  const trigger = all || roots.some(({ root }) => root === "trigger") ? lookup(["trigger"]) : undefined;
  return present({ trigger, steps: Object.fromEntries(steps), item: named("item"), index: named("index") });

  function named(root: "item" | "index"): Json | undefined {
    return all || roots.some((each) => each.root === root) ? lookup([root]) : undefined;
  }

  function at(field: string, id: string): Json | undefined {
    return lookup(["steps", id, field]);
  }
}

function present(fields: Record<string, Json | undefined>): Json {
  const found = Object.entries(fields).flatMap(([key, value]): [string, Json][] => (value === undefined ? [] : [[key, value]]));
  return Object.fromEntries(found);
}
