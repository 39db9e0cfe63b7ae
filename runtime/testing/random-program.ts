import type { Flow, FlowEdge } from "../../shared/flow/flow.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";

/** The same numbers in [0, 1) for the same seed (mulberry32, public domain). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type End = { node: string; port: string };
/** `children`: flows that it may start; `quick`: it waits for moments only. */
type Options = { children: string[]; withCode: boolean; quick?: boolean };

/**
 * A flow of nested blocks, each after the one before: calls of every effect (also such as fail), branches, switches and filters that join
 * again, parallel calls, loops, tries, delays, waits, approvals, sub-flows, stored values, code and answers. What fails has nothing beside it,
 * so that it always comes to the same. Every call says its own name: `{{trigger.body.of}}`, its node and its iteration.
 */
export function randomProgram(seed: number, { children, withCode, quick = false }: Options): Flow {
  const random = createRandom(seed);
  const nodes: FlowNode[] = [];
  const edges: FlowEdge[] = [];
  let size = 0;

  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (of: number) => random() < of;
  type Place = { parent: string | null; indexes: string };

  function add(kind: string, { parent }: Place, after: End[], more: Record<string, Json> = {}): string {
    size += 1;
    const id = `n${size}`;
    nodes.push(FlowNode.parse({ id, name: id, kind, position: { x: 0, y: 0 }, ...(parent !== null && { parent }), ...more }));
    for (const { node, port } of after) edges.push({ id: `${node}-${port}-${id}`, source: node, port, target: id });
    return id;
  }

  function call(place: Place, after: End[], endpoint: string, mode: string, more: Record<string, Json> = {}): string {
    const name = `{{trigger.body.of}}/n${size + 1}${place.indexes}`;
    const inputs = { name, mode };
    const backoffMs = quick ? 10 : 1_000;
    const retry = { maxAttempts: 20, backoffMs, factor: 1, maxBackoffMs: backoffMs, jitter: 0 };
    return add("call", place, after, { connector: "world", endpoint, connection: null, inputs, retry, ...more });
  }

  const out = (node: string, port = "out"): End[] => [{ node, port }];
  const rule = (left: Json, right: Json) => ({ conditions: [{ left, operator: "equals", right }] });

  /** A call that fails, and something behind its error port; or what goes on all the same. */
  function failing(place: Place, after: End[]): End[] {
    if (chance(0.5)) return out(call(place, after, pick(["read", "idempotent", "keyed"]), "reject", { onError: "continue" }));
    const bad = call(place, after, pick(["read", "keyed"]), "reject");
    const handled = add("transform", place, out(bad, "error"), { output: { code: `{{steps.${bad}.error.code}}` } });
    return [...out(bad), ...out(handled)];
  }

  function block(place: Place, after: End[], depth: number): End[] {
    const kinds = [
      "transform",
      "transform",
      "call",
      "call",
      "call",
      "branch",
      "switch",
      "parallel",
      "filter",
      "delay",
      "count",
      "once",
      "failing",
    ];
    if (depth < 2) kinds.push("try", "try", "wait", "approval");
    // `{{index}}` is that of the innermost loop, and a call's name must be its own.
    if (place.indexes === "") kinds.push("loop", "loop", "pure-loop");
    if (children.length > 0) kinds.push("sub-flow");
    if (withCode) kinds.push("code");
    const kind = pick(kinds);
    switch (kind) {
      case "transform":
        return out(add("transform", place, after, { output: { of: "{{trigger.body.of}}", n: size, at: place.indexes } }));
      case "call":
        return out(call(place, after, pick(["read", "idempotent", "keyed", "unsafe"]), "ok"));
      case "branch": {
        const branch = add("branch", place, after, rule("{{trigger.body.n}}", pick([1, 2])));
        const yes = add("transform", place, out(branch, "true"), { output: "yes" });
        const no = call(place, out(branch, "false"), "idempotent", pick(["ok", "flaky"]));
        return [...out(yes), ...out(no)];
      }
      case "switch": {
        const cases = [1, 2].map((n) => ({ port: `case-${n}`, name: `Case ${n}`, ...rule("{{trigger.body.n}}", n) }));
        const node = add("switch", place, after, { cases });
        const ends = ["case-1", "case-2", "default"].flatMap((port) =>
          out(add("transform", place, out(node, port), { output: port })),
        );
        return ends;
      }
      case "parallel": {
        const one = call(place, after, pick(["read", "idempotent", "keyed"]), pick(["ok", "flaky"]));
        const other = call(place, after, "keyed", "ok");
        return out(
          add("transform", place, [...out(one), ...out(other)], {
            output: [`{{steps.${one}.output.echo}}`, `{{steps.${other}.output.echo}}`],
          }),
        );
      }
      case "filter": {
        const node = add("filter", place, after, rule("{{trigger.body.n}}", pick([1, 2])));
        const passed = call(place, out(node), "idempotent", "ok");
        // Whatever the filter says, the program goes on.
        return [...out(passed), ...after];
      }
      case "delay":
        return out(add("delay", place, after, { delayMs: pick(quick ? [0, 1, 30] : [0, 1, 60_000]) }));
      case "count":
        return out(
          add("key-value", place, after, {
            operation: "increment",
            key: `{{trigger.body.of}}-${pick(["a", "b"])}${place.indexes}`,
            by: 1,
          }),
        );
      case "once": {
        const node = add("once", place, after, { key: `{{trigger.body.of}}-${pick(["x", "y"])}${place.indexes}` });
        const fresh = call(place, out(node, "first"), "keyed", "ok");
        return [...out(fresh), ...out(node, "again")];
      }
      case "failing":
        return failing(place, after);
      case "loop":
      case "pure-loop": {
        const each = add("for-each", place, after, {
          items: pick([[1, 2, 3], [1], [], ["a", "b", "c", "d", "e"]]) as Json,
          concurrency: pick([1, 1, 3]),
          onItemError: "continue",
        });
        const inner = { parent: each, indexes: `${place.indexes}.{{index}}` };
        if (kind === "loop") sequence(inner, [], depth + 1, 1 + Math.floor(random() * 2));
        else add("transform", inner, [], { output: { n: "{{item}}", at: "{{index}}" } });
        return out(each, "done");
      }
      case "try": {
        const safe = add("try", place, after);
        const inner = { parent: safe, indexes: place.indexes };
        const ends = sequence(inner, [], depth + 1, 1);
        if (chance(0.6)) call(inner, ends, pick(["read", "keyed", "idempotent"]), "reject");
        const caught = add("transform", place, out(safe, "error"), { output: { caught: `{{steps.${safe}.error.code}}` } });
        return [...out(safe, "done"), ...out(caught)];
      }
      case "wait":
        return out(add("wait", place, after));
      case "approval":
        return out(add("approval", place, after, { title: "May it?" }), "approved");
      case "sub-flow":
        return out(
          add("sub-flow", place, after, {
            flow: pick(children),
            input: { of: `{{trigger.body.of}}/n${size + 1}${place.indexes}`, n: "{{trigger.body.n}}" },
          }),
        );
      default:
        return out(add("code", place, after, { code: "return inputs.n + 1;", inputs: { n: size } }));
    }
  }

  function sequence(place: Place, after: End[], depth: number, blocks: number): End[] {
    let ends = after;
    for (let each = 0; each < blocks && size < 40; each += 1) ends = block(place, ends, depth);
    return ends;
  }

  nodes.push(FlowNode.parse({ id: "start", name: "Start", kind: "manual-trigger", position: { x: 0, y: 0 } }));
  const ends = sequence({ parent: null, indexes: "" }, out("start"), 0, 2 + Math.floor(random() * 5));
  if (chance(0.3)) add("respond", { parent: null, indexes: "" }, ends, { status: 201, body: { of: "{{trigger.body.of}}" } });
  else if (chance(0.15))
    add("stop", { parent: null, indexes: "" }, ends, { status: pick(["succeeded", "failed"]), message: "enough" });
  return { schemaVersion: 1, nodes, edges };
}

/** What programs start. */
export const childProgram: Flow = randomProgram(7, { children: [], withCode: false, quick: true });
