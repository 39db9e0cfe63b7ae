import fc from "fast-check";
import { expect, it } from "vitest";
import { Flow } from "./flow.ts";
import { typeFlow } from "./type-flow.ts";

const at = { name: "N", position: { x: 0, y: 0 } };
const rule = [{ left: 1, operator: "exists" }];
const kinds: Record<string, object> = {
  s: { kind: "webhook-trigger" },
  b: { kind: "branch", conditions: rule },
  f: { kind: "filter", conditions: rule },
  w: { kind: "wait" },
  g: { kind: "transform", output: 1, onError: "continue" },
  l: { kind: "for-each", items: [] },
  t: { kind: "transform", output: 1 },
};

/** Node ids begin with the letter of their kind; `a/b` is b inside of a. Does `reader` have to do without what `source` gives, now and then? */
function mayLack(lines: string, reader: string, source: string): boolean {
  const edges = lines.split(" ").map((id) => {
    const [, from = "", port = "out", to = ""] = /^([\w/]+)(?::(\w+))?>([\w/]+)$/.exec(id) ?? [];
    return { id, source: from, port, target: to };
  });
  const ids = [...new Set(edges.flatMap((edge) => [edge.source, edge.target]))].flatMap((id) =>
    id.includes("/") ? [id.split("/")[0] ?? "", id] : [id],
  );
  const plain = (id: string) => id.split("/").at(-1) ?? "";
  const nodes = [...new Set(ids)].map((id) => {
    const [container, inner] = id.split("/");
    return { ...at, id: plain(id), ...kinds[plain(id)[0] ?? ""], ...(inner !== undefined && { parent: container }) };
  });
  const flow = {
    schemaVersion: 1,
    nodes,
    edges: edges.map((edge) => ({ ...edge, source: plain(edge.source), target: plain(edge.target) })),
  };
  return typeFlow(Flow.parse(flow)).mayLack({ node: reader }, source);
}

it.each<[string, string, string, boolean]>([
  ["s>t1 t1>t2", "t2", "t1", false],
  // Parallel ways that have no choice both run.
  ["s>t1 s>t2 t1>t3 t2>t3", "t3", "t1", false],
  ["s>b b:true>t1 b:false>t2 t1>t3 t2>t3", "t3", "t1", true],
  ["s>b b:true>t1 b:false>t2 t1>t3 t2>t3", "t3", "b", false],
  // Behind the same port as what it reads.
  ["s>b b:true>t1 t1>t2", "t2", "t1", false],
  ["s>b b:true>t1 b:true>t2 t1>t3 t2>t3", "t3", "t1", false],
  ["s>b b:true>t1 b:false>t1 t1>t2", "t2", "t1", false],
  ["s>b b:true>t1 s>t2 t1>t2", "t2", "t1", true],
  ["s>f f>t1 s>t2 t1>t2", "t2", "t1", true],
  ["s>f f>t1 t1>t2", "t2", "f", false],
  // A failure that is taken care of leaves nothing to read; one that is not ends the run.
  ["s>t1 t1>t2 t1:error>t3", "t2", "t1", false],
  ["s>t1 t1>t2 t1:error>t3", "t3", "t1", true],
  ["s>t1 t1>t2 t1:error>t2", "t2", "t1", true],
  ["s>t1 t1>t2 t1:error>t3 t2>t4 t3>t4", "t4", "t2", true],
  ["s>g g>t1", "t1", "g", true],
  // A deadline is a way out only where an edge takes it.
  ["s>w w>t1 w>t2 t2>t1", "t1", "t2", false],
  ["s>w w>t2 w:timeout>t1 t2>t1", "t1", "t2", true],
  ["s>b1 b1:true>t1 b1:false>b2 b2:true>t1 b2:false>t1 t1>t2", "t2", "t1", false],
  ["s1>t1 s2>t2 t1>t3 t2>t3", "t3", "t1", true],
  ["s1>t1 s2>t1 t1>t3", "t3", "s1", true],
  ["s>b b:true>l b:true>t1 t1>l l/t2>l/t3", "t3", "t1", false],
  ["s>b b:true>t1 b:false>l t1>l l/t2>l/t3", "t3", "t1", true],
  ["s>l l/b:false>l/t3 l/b:true>l/t2 l/t2>l/t3", "t3", "t2", true],
])("in %s, has %s now and then to do without %s: %s", (lines, reader, source, expected) => {
  expect(mayLack(lines, reader, source)).toBe(expected);
});

it.each([
  [20, true],
  [120, false],
])("follows the choices of %i branches that cross: %s; where they are too many, nobody has to do without", (count, expected) => {
  const branches = Array.from({ length: count }, (_, n) => ({ ...at, id: `b${n}`, kind: "branch", conditions: rule }));
  const edges = branches.flatMap((_, n) =>
    [1, 2, 5, 9, 14, 23].flatMap((by) => {
      const line = { id: `${n}-${by}`, source: `b${n}`, port: (n * by) % 3 ? "true" : "false", target: `b${n + by}` };
      return n + by < count ? [line] : [];
    }),
  );
  const nodes = [{ ...at, id: "s", kind: "webhook-trigger" }, ...branches];
  const flow = Flow.parse({ schemaVersion: 1, nodes, edges: [{ id: "s", source: "s", port: "out", target: "b0" }, ...edges] });
  expect(typeFlow(flow).mayLack({ node: `b${count - 1}` }, `b${count - 2}`)).toBe(expected);
});

it("agrees with trying every choice that a small flow has", () => {
  const kind = fc.constantFrom("b", "f", "t");
  const line = fc.record({ from: fc.nat(5), to: fc.nat(5), port: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(kind, { minLength: 6, maxLength: 6 }), fc.array(line, { maxLength: 9 }), (letters, lines) => {
      const ports: Record<string, string[]> = {
        b: ["true", "false", "error"],
        f: ["out", "out", "error"],
        t: ["out", "out", "error"],
      };
      const edges = lines.flatMap(({ from, to, port }, id) =>
        from < to ? [{ id: `${id}`, source: `n${from}`, port: ports[letters[from] ?? ""]?.[port] ?? "", target: `n${to}` }] : [],
      );
      const nodes = letters.map((letter, n) => ({ ...at, id: `n${n}`, ...kinds[letter] }));
      const first = edges.some(({ target }) => target === "n0") ? [] : [{ id: "s", source: "s", port: "out", target: "n0" }];
      const flow = Flow.parse({
        schemaVersion: 1,
        nodes: [{ ...at, id: "s", ...kinds.s }, ...nodes],
        edges: [...first, ...edges],
      });
      const types = typeFlow(flow);
      const seen = worlds(letters, edges);
      for (const reader of nodes)
        for (const source of nodes) {
          if (!types.runsBefore({ node: reader.id }, source.id)) continue;
          const lacks = seen.some((world) => world.ran.has(reader.id) && !world.gave.has(source.id));
          expect(types.mayLack({ node: reader.id }, source.id)).toBe(lacks);
        }
    }),
    { numRuns: 300 },
  );
});

type Line = { source: string; port: string; target: string };
type World = { ran: Set<string>; gave: Set<string> };

/** All that can happen when n0 starts: a failure that no edge takes ends the run, so that nobody reads anything. */
function worlds(letters: string[], edges: Line[]): World[] {
  let found: (World & { taken: Set<Line> })[] = [{ ran: new Set(["n0"]), gave: new Set(), taken: new Set() }];
  for (const [n, letter] of letters.entries()) {
    const id = `n${n}`;
    const outgoing = edges.filter(({ source }) => source === id);
    const ways = letter === "b" ? ["true", "false"] : letter === "f" ? ["out", ""] : ["out"];
    if (outgoing.some(({ port }) => port === "error")) ways.push("error");
    found = found.flatMap((world) => {
      const runs = n === 0 || edges.some((edge) => edge.target === id && world.taken.has(edge));
      if (!runs) return [world];
      return ways.map((way) => ({
        ran: new Set([...world.ran, id]),
        gave: way === "error" ? world.gave : new Set([...world.gave, id]),
        taken: new Set([...world.taken, ...outgoing.filter(({ port }) => port === way)]),
      }));
    });
  }
  return found;
}
