import { isWaitUrl } from "../../shared/flow/flow-types.ts";
import { ancestors, containersOf, type Graph } from "../../shared/flow/graph.ts";
import type { Root } from "../../shared/flow/jsonata.ts";
import type { Json } from "../../shared/json.ts";
import type { Evaluated } from "../expressions/jsonata-pool.ts";
import type { CompiledValue, Lookup } from "../expressions/resolve-template.ts";
import { jsonSize } from "./json-size.ts";
import type { StepContext, StepOutcome } from "./step.ts";

/** A value of a step for this run, or why the step fails. */
export type Resolved = { outcome: "resolved"; value: Json | undefined } | Extract<StepOutcome, { outcome: "failed" }>;
/** `inside`: the value is resolved inside of the node, which is a container. */
type ToResolve = { node: { id: string; inside?: boolean }; context: Seen; compiled: CompiledValue };
type Seen = Pick<StepContext, "lookup" | "jsonata" | "version">;

/** What a step takes is written as one text, in one turn (bytes of JSON); the same large thing may be named in it many times. */
const mostBytes = 32_000_000;

/**
 * Resolves a value: at once when it holds only paths, else after one round trip to a process that evaluates JSONata. `value_too_large` for
 * more than 32 MB.
 */
export function resolveValue({ node, context, compiled }: ToResolve): Resolved | Promise<Resolved> {
  const { expressions, roots } = compiled;
  if (expressions.length === 0) return bounded(compiled.resolve(context.lookup, () => undefined));
  const input = inputOf(node, context, roots);
  return context.jsonata
    .evaluate({ sources: expressions, input }, context.version.id)
    .then((evaluated) => fill(compiled, context.lookup, evaluated));
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
  return bounded(resolve(lookup, (source) => values.get(source)));
}

function bounded(value: Json | undefined): Resolved {
  if (jsonSize(value) <= mostBytes) return { outcome: "resolved", value };
  const message = `what the step takes has more than ${mostBytes / 1_000_000} MB: name less of what earlier steps give`;
  return { outcome: "failed", error: { code: "value_too_large", message } };
}

function failure({ code, message }: Extract<Evaluated, { outcome: "failed" }>): Resolved {
  return { outcome: "failed", error: { code, message } };
}

/** What the expressions name and nothing more: it is sent to another process. All that a template may name can be read there. */
function inputOf(node: ToResolve["node"], { lookup, version }: Seen, roots: Root[]): Json {
  const all = roots.some(({ root }) => root === "all");
  const reads = (name: "trigger" | "item" | "index") => all || roots.some(({ root }) => root === name);
  const named = roots.flatMap((root) => (root.root === "step" ? root.id : []));
  const steps = fieldsOf(node, version.graph, all ? null : named).map(([id, fields]): [string, Json] => [
    id,
    present(Object.fromEntries(fields.map((field) => [field, lookup(["steps", id, field])]))),
  ]);
  return present({
    trigger: reads("trigger") ? lookup(["trigger"]) : undefined,
    steps: Object.fromEntries(steps),
    item: reads("item") ? lookup(["item"]) : undefined,
    index: reads("index") ? lookup(["index"]) : undefined,
  });
}

const ofSteps = ["output", "status", "error", "url"];
const ofLoops = ["item", "index"];

/** What there is of each step: of a loop around the reader that is its iteration. `named`: null for all that the reader may read. */
function fieldsOf({ id: reader, inside = false }: ToResolve["node"], graph: Graph, named: string[] | null): [string, string[]][] {
  const own = graph.nodes.get(reader);
  const around = containersOf(graph, reader).map(({ id }) => id);
  const loops = (inside && own ? [own.id, ...around] : around).filter((id) => graph.nodes.get(id)?.kind === "for-each");
  const fields = (id: string): [string, string[]] => [id, loops.includes(id) ? ofLoops : ofSteps];
  if (named !== null) return named.map(fields);
  const urls = [...graph.nodes.keys()].filter((id) => isWaitUrl(graph, id, reader));
  const before = [...ancestors(graph, reader), ...(inside ? (graph.inside.get(reader) ?? []).map(({ id }) => id) : [])];
  return [...urls.map((id): [string, string[]] => [id, ["url"]]), ...[...before, ...loops].map(fields)];
}

function present(fields: Record<string, Json | undefined>): Json {
  const found = Object.entries(fields).flatMap(([key, value]): [string, Json][] => (value === undefined ? [] : [[key, value]]));
  return Object.fromEntries(found);
}
