import { node } from "../../runtime/testing/test-engine.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { startServer } from "../server.ts";
import { type Figure, median, ratio } from "./figure.ts";
import { runLoad } from "./processes.ts";
import { hookOf, type PairName, withPlace } from "./product.ts";

const steps = 10;
const rounds = 5;

/**
 * What a code step takes longer than a transform that gives the same: the difference of a flow of ten of each, whose sender waits for the
 * answer, by step. One sender after the other, rounds of both in turn on one server whose processes for code are there already.
 */
export async function code(pair: PairName, seconds: number): Promise<Figure> {
  return withPlace(pair, { pinned: false }, async (place) => {
    const server = await startServer(place);
    try {
      const hooks = {
        code: await hookOf(place, chain("Code", codeStep)),
        transform: await hookOf(
          place,
          chain("Transform", (id, from) => node.transform(id, shape(from))),
        ),
      };
      const load = { connections: 1, bodyBytes: 1_024, warmUpSeconds: 1, seconds: Math.max(1, seconds / rounds / 2), rate: null };
      const medians = { code: [] as number[], transform: [] as number[] };
      const slowest = { code: [] as number[], transform: [] as number[] };
      for (let round = 0; round < rounds; round += 1)
        for (const kind of ["transform", "code"] as const) {
          const { p50Ms, p99Ms } = await runLoad({ ...load, ...hooks[kind] });
          medians[kind].push(p50Ms);
          slowest[kind].push(p99Ms);
        }
      const ofStep = (times: typeof medians) => Number(((median(times.code) - median(times.transform)) / steps).toFixed(3));
      return {
        case: "code",
        pair,
        unit: "ms more than a transform",
        value: ofStep(medians),
        baseline: Number((median(medians.transform) / steps).toFixed(3)),
        ratio: ratio(median(medians.code), median(medians.transform)),
        p50Ms: ofStep(medians),
        p99Ms: ofStep(slowest),
        rounds: medians,
      };
    } finally {
      await server.end("SIGTERM");
    }
  });
}

/** Each step reads the one before it, so that none runs beside another. */
function chain(name: string, step: (id: string, from: string) => FlowNode) {
  const ids = Array.from({ length: steps }, (_, index) => `step-${index}`);
  const before = (index: number) => (index === 0 ? "trigger.body" : `steps.step-${index - 1}.output`);
  const last = `step-${steps - 1}`;
  return {
    name,
    nodes: [...ids.map((id, index) => step(id, before(index))), node.respond("answer", `{{steps.${last}.output}}`)],
    edges: [...ids.map((id, index) => `${ids[index - 1] ?? "event"} -> ${id}`), `${last} -> answer`],
  };
}

function shape(from: string): { [name: string]: Json } {
  return { email: `{{${from}.email}}`, n: `{{${from}.n}}`, list: `{{${from}.list}}` };
}

function codeStep(id: string, from: string): FlowNode {
  const code = "return { email: inputs.email, n: inputs.n, list: inputs.list };";
  return { id, name: id, position: { x: 0, y: 0 }, kind: "code", code, inputs: shape(from), timeoutMs: 5_000 };
}
