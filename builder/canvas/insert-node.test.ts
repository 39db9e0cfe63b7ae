import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Flow } from "../../shared/flow/flow.ts";
import { applyEdits, type Change, newHistory, undoStep } from "../stores/flow-history.ts";
import { version } from "../testing/sample-run.ts";
import { addNode, type NodeChoice } from "./add-node.ts";
import { directionOf, grid, sizeOf } from "./card-size.ts";
import { likelyPort } from "./connect.ts";
import { insertNode } from "./insert-node.ts";

const { document } = version;
const kinds = ["branch", "switch", "transform", "delay", "respond"] as const;

function insert(flow: Flow, choice: NodeChoice, edge: string): Change {
  const inserted = insertNode(flow, choice, edge);
  const change = applyEdits(newHistory(flow), inserted?.edits ?? [], null);
  expect(change.outcome).toBe("changed");
  return change as Change;
}

const placesOf = ({ nodes }: Flow) => Object.fromEntries(nodes.map(({ id, position: { x, y } }) => [id, [x, y]]));
const pairs = ({ edges }: Flow) => edges.map(({ source, port, target }) => `${source}:${port} ${target}`);

/** Pairs of nodes of which one covers the other. */
function overlaps(flow: Flow): string[] {
  const direction = directionOf(flow);
  const ends = flow.nodes.map((node) => {
    const { width, height } = sizeOf(node, direction);
    return { id: node.id, ...node.position, right: node.position.x + width, bottom: node.position.y + height };
  });
  return ends.flatMap((one, at) =>
    ends
      .slice(at + 1)
      .filter((other) => one.x < other.right && other.x < one.right && one.y < other.bottom && other.y < one.bottom)
      .map((other) => `${one.id} ${other.id}`),
  );
}

describe("a node put into an edge", () => {
  it("takes its place: the edge gives way to two", () => {
    const { history } = insert(document, { kind: "transform" }, "search-found");
    expect(pairs(history.document)).toEqual([
      "lead:out search",
      "found:true known",
      "found:false unknown",
      "search:out transform",
      "transform:out found",
    ]);
  });

  it("is undone in one step, to the last place and edge", () => {
    const { history } = insert(document, { kind: "delay" }, "found-known");
    const undone = undoStep(history);
    expect(undone.outcome === "changed" && undone.history.document).toEqual(document);
  });

  it("makes what comes behind it move on, and leaves the rest where it was", () => {
    const before = placesOf(document);
    const after = placesOf(insert(document, { kind: "transform" }, "found-known").history.document);
    expect(after).toEqual({ ...before, known: [-160, 480], transform: [-160, 360] });
    const earlier = placesOf(insert(document, { kind: "transform" }, "lead-search").history.document);
    expect(earlier).toMatchObject({ transform: [0, 120], search: [0, 240], known: [-160, 480], unknown: [160, 480] });
  });

  it("moves nothing where there is room", () => {
    const wide = {
      ...document,
      nodes: document.nodes.map((node) => (node.id === "unknown" ? { ...node, position: { x: 160, y: 600 } } : node)),
    };
    const after = placesOf(insert(wide, { kind: "delay" }, "found-unknown").history.document);
    expect(after).toEqual({ ...placesOf(wide), delay: [160, 420] });
  });

  it("goes to the right in a flow that does", () => {
    const right = {
      ...document,
      nodes: document.nodes.map((node, n) => ({ ...node, position: { x: n * 320, y: n === 4 ? 120 : 0 } })),
    };
    const after = placesOf(insert(right, { kind: "delay" }, "lead-search").history.document);
    expect(after).toMatchObject({ lead: [0, 0], delay: [320, 0], search: [660, 0], found: [980, 0] });
  });

  it("leaves by its first port", () => {
    const { history } = insert(document, { kind: "branch" }, "lead-search");
    expect(pairs(history.document)).toContain("branch:true search");
  });

  it("is no trigger, and the edge must be there", () => {
    expect(insertNode(document, { kind: "webhook-trigger" }, "lead-search")).toBeNull();
    expect(insertNode(document, { kind: "delay" }, "gone")).toBeNull();
  });

  it("covers no other and lies on the grid, whatever is put where, however wide the flow becomes", () => {
    const wish = fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(1_000), into: fc.boolean() });
    const behind = (kind: (typeof kinds)[number]) => ({ kind, at: 0, into: false });
    const between = (at: number) => ({ kind: "switch" as const, at, into: true });
    const wide = [behind("branch"), between(977), behind("branch"), behind("branch"), between(0), behind("branch")];
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 12 }), (wishes) => {
        let flow: Flow = document;
        for (const { kind, at, into } of wishes) {
          const edge = flow.edges[at % flow.edges.length];
          const node = flow.nodes[at % flow.nodes.length];
          if (into && edge) flow = insert(flow, { kind }, edge.id).history.document;
          else if (node) {
            const after = { node: node.id, port: likelyPort(flow, node.id) };
            const { edit } = addNode(flow, { kind }, { after, at: null });
            flow = (applyEdits(newHistory(flow), [edit], null) as Change).history.document;
          }
        }
        expect(directionOf(flow)).toBe("down");
        expect(overlaps(flow)).toEqual([]);
        expect(flow.nodes.filter(({ position: { x, y } }) => x % grid !== 0 || y % grid !== 0)).toEqual([]);
      }),
      { numRuns: 60, examples: [[wide]] },
    );
  });
});
