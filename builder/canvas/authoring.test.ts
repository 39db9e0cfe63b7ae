import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import { type Flow, Flow as FlowSchema } from "../../shared/flow/flow.ts";
import { nothing } from "../stores/selection.ts";
import { version } from "../testing/sample-run.ts";
import { addNode, type NodeChoice } from "./add-node.ts";
import { directionOf, grid, nodeSize, sizeOf } from "./card-size.ts";
import { connect, connectionProblem, likelyPort, portChoices, targetsOf } from "./connect.ts";
import { deleteSelected, duplicateSelected, moveSelected, pasteCopied, selectedText } from "./edit-actions.ts";
import { layoutFlow } from "./layout-flow.ts";
import { paletteEntries, searchEntries } from "./palette-entries.ts";
import { keyWords, shortcutOf, shortcuts } from "./shortcuts.ts";
import { nodeTowards } from "./walk.ts";

const { document } = version;
const empty: Flow = { schemaVersion: 1, nodes: [], edges: [] };
function changed(flow: Flow, edit: FlowEdit): Flow {
  const applied = applyEdit(flow, edit);
  expect(applied.outcome).toBe("applied");
  return applied.outcome === "applied" ? applied.flow : flow;
}
function overlaps(flow: Flow): string[] {
  const direction = directionOf(flow);
  return flow.nodes.flatMap((one, at) =>
    flow.nodes.slice(at + 1).flatMap((other) => {
      const [a, b] = [sizeOf(one, direction), sizeOf(other, direction)];
      const apart =
        one.position.x + a.width <= other.position.x ||
        other.position.x + b.width <= one.position.x ||
        one.position.y + a.height <= other.position.y ||
        other.position.y + b.height <= one.position.y;
      return apart ? [] : [`${one.id} ${other.id}`];
    }),
  );
}

describe("a connection", () => {
  it.each([
    ["search", "out", "search", "A node cannot lead to itself."],
    ["search", "error", "lead", "“Lead received” is a trigger: it starts the flow, so nothing can lead into it."],
    ["lead", "out", "search", "“Lead received” leads to “Search contact” already."],
    ["known", "out", "search", "“Search contact” runs before “Answer with profile”: an edge back would make a cycle."],
    ["lead", "out", "nobody", "One of the nodes is gone."],
  ])("from %s by %s to %s is refused in words", (source, port, target, words) => {
    expect(connectionProblem(document, { source, port, target })).toBe(words);
  });

  it("that nothing speaks against is drawn with an id of its own", () => {
    const wish = { source: "search", port: "error", target: "unknown" };
    expect(connectionProblem(document, wish)).toBeNull();
    const next = changed(document, connect(document, wish));
    expect(next.edges.at(-1)).toEqual({ id: "search-error-unknown", ...wish });
  });

  it("lists what can be connected before what is and what cannot be", () => {
    const targets = targetsOf(document, { source: "search", port: "out" });
    expect(targets.map(({ node, drawn, problem }) => [node.id, drawn !== undefined, problem !== null])).toEqual([
      ["known", false, false],
      ["unknown", false, false],
      ["found", true, false],
      ["lead", false, true],
    ]);
  });

  it("leaves by the first port that leads nowhere", () => {
    expect(likelyPort(document, "found")).toBe("true");
    const half = { ...document, edges: document.edges.filter(({ port }) => port !== "false") };
    expect(likelyPort(half, "found")).toBe("false");
    expect(portChoices(document, "found").map(({ port }) => port)).toEqual(["true", "false", "error"]);
    expect(portChoices(document, "lead")).toEqual([{ port: "out", name: "When it succeeds" }]);
  });
});

describe("a new node", () => {
  const kinds: NodeChoice[] = [
    { kind: "webhook-trigger" },
    { kind: "manual-trigger" },
    { kind: "branch" },
    { kind: "switch" },
    { kind: "transform" },
    { kind: "delay" },
    { kind: "respond" },
    { kind: "call", connector: "zoominfo", endpoint: "search-contact", name: "Search contacts", connection: null },
  ];

  it.each(kinds)("$kind is one that the document takes", (choice) => {
    const { edit, id } = addNode(document, choice, { after: { node: "known", port: "out" }, at: null });
    const next = FlowSchema.parse(changed(document, edit));
    expect(next.nodes.at(-1)).toMatchObject({ id, kind: choice.kind });
    const leadsToIt = next.edges.filter(({ target }) => target === id);
    expect(leadsToIt.map(({ source, port }) => [source, port])).toEqual(
      choice.kind.endsWith("trigger") ? [] : [["known", "out"]],
    );
  });

  it("lies on the grid and over no other, however many are added", () => {
    let flow = empty;
    let last: string | null = null;
    for (let n = 0; n < 24; n += 1) {
      const choice = kinds[n % kinds.length] ?? { kind: "transform" };
      const port = last ? likelyPort(flow, last) : "out";
      const { edit, id } = addNode(flow, choice, { after: last ? { node: last, port } : null, at: null });
      flow = changed(flow, edit);
      if (n % 3 === 0) last = id;
    }
    expect(overlaps(flow)).toEqual([]);
    expect(flow.nodes.filter(({ position: { x, y } }) => x % grid !== 0 || y % grid !== 0)).toEqual([]);
    expect(new Set(flow.nodes.map(({ name }) => name)).size).toBe(24);
  });

  it("goes down by default, one branch to the left and the other to the right", () => {
    const first = addNode(empty, { kind: "branch" }, { after: null, at: null });
    const flow = changed(empty, first.edit);
    const place = (port: string) => {
      const { edit, id } = addNode(flow, { kind: "transform" }, { after: { node: first.id, port }, at: null });
      return changed(flow, edit).nodes.find((node) => node.id === id)?.position;
    };
    expect(place("true")?.y).toBeGreaterThanOrEqual(nodeSize.height);
    expect(place("true")?.x).toBeLessThan(0);
    expect(place("false")?.x).toBeGreaterThan(0);
  });

  it("of several ports stands straight behind the one before it", () => {
    const first = addNode(empty, { kind: "manual-trigger" }, { after: null, at: null });
    const flow = changed(empty, first.edit);
    const approval = addNode(flow, { kind: "approval" }, { after: { node: first.id, port: "out" }, at: null });
    const next = changed(flow, approval.edit);
    const [above, below] = next.nodes.map((node) => node.position.x + sizeOf(node, "down").width / 2);
    expect(below).toBe(above);
  });

  it("goes where it was dropped", () => {
    const { edit } = addNode(document, { kind: "delay" }, { after: null, at: { x: 913, y: -7 } });
    expect(changed(document, edit).nodes.at(-1)?.position).toEqual({ x: 920, y: 0 });
  });
});

describe("what is selected", () => {
  const both = { nodes: ["known", "unknown"], edges: ["found-known"] };

  it("goes with its edges, and what is gone already does not hinder it", () => {
    const edits = deleteSelected(document, { nodes: ["known", "gone"], edges: ["found-known", "gone-edge"] });
    expect(edits).toEqual([{ edit: "remove", nodes: ["known"], edges: ["found-known"] }]);
    expect(edits.reduce(changed, document).edges.map(({ id }) => id)).not.toContain("found-known");
    expect(deleteSelected(document, { nodes: ["gone"], edges: [] })).toEqual([]);
  });

  it("is pushed together", () => {
    const next = moveSelected(document, both, { x: 0, y: 20 }).reduce(changed, document);
    expect(next.nodes.map(({ position }) => position.y)).toEqual([0, 120, 240, 380, 380]);
    expect(moveSelected(document, nothing, { x: 1, y: 1 })).toEqual([]);
  });

  it("is duplicated to a place where it covers nothing", () => {
    let flow = document;
    for (let n = 0; n < 3; n += 1) flow = duplicateSelected(flow, both).edits.reduce(changed, flow);
    expect(flow.nodes).toHaveLength(11);
    expect(overlaps(flow)).toEqual([]);
  });

  it("is pasted with its middle where it is wanted", () => {
    const copied = JSON.parse(selectedText(document, both) ?? "");
    const { edits, ids } = pasteCopied(document, copied, { x: 1_000, y: 1_000 });
    const next = edits.reduce(changed, document);
    expect(ids.map((id) => next.nodes.find((node) => node.id === id)?.position)).toEqual([
      { x: 840, y: 1_000 },
      { x: 1_160, y: 1_000 },
    ]);
    expect(selectedText(document, nothing)).toBeNull();
  });
});

describe("the palette", () => {
  const endpoint = (key: string, name: string, description?: string) => ({
    key,
    name,
    method: "GET" as const,
    path: `/${key}`,
    effect: "read" as const,
    ...(description && { description }),
  });
  const connector = (key: string, name: string, endpoints: ReturnType<typeof endpoint>[]) => ({
    key,
    name,
    version: 1,
    endpoints,
    triggers: key === "crm" ? [{ key: "new-contact", name: "New contact", description: "" }] : [],
    actions: [],
  });
  const connectors = [
    connector("crm", "CRM", [endpoint("contacts", "List contacts"), endpoint("find", "Find a person", "Looks in all contacts")]),
    connector("mail", "Mail", [endpoint("send", "Send a mail")]),
  ];
  const connections = [{ id: "con_1", connector: { key: "crm", name: "CRM" } }];
  const keys = (entries: { key: string }[]) => entries.map(({ key }) => key);
  const entries = paletteEntries(connectors, connections, "free");

  it("has every kind and every endpoint, triggers first on an empty canvas and last behind a node", () => {
    expect(keys(entries).slice(0, 5)).toEqual(["webhook-trigger", "manual-trigger", "schedule-trigger", "api-trigger", "branch"]);
    expect(keys(entries).slice(-3)).toEqual(["crm contacts", "crm find", "mail send"]);
    expect(keys(paletteEntries(connectors, connections, "behind")).slice(-2)).toEqual(["api-trigger", "crm trigger new-contact"]);
  });

  it("takes the only connection there is", () => {
    const chosen = entries.flatMap(({ choice }) => (choice.kind === "call" ? [[choice.endpoint, choice.connection]] : []));
    expect(Object.fromEntries(chosen)).toEqual({ contacts: "con_1", find: "con_1", send: null });
  });

  it.each([
    ["contacts", ["crm contacts", "crm find"]],
    ["CRM list", ["crm contacts"]],
    ["send", ["mail send", "respond"]],
    ["if else", ["branch"]],
    ["nothing like it", []],
  ])("finds by name and description: %s", (query, found) => {
    expect(keys(searchEntries(entries, query))).toEqual(found);
  });
});

test("arrows walk to the nearest node on that side, along edges first", () => {
  expect(nodeTowards(document, "search", "down")).toBe("found");
  expect(nodeTowards(document, "search", "up")).toBe("lead");
  expect(nodeTowards(document, "known", "right")).toBe("unknown");
  expect(nodeTowards(document, "lead", "up")).toBeNull();
});

test("layout puts every node on a place of its own, in the flow's direction, and gives the same for the same", () => {
  const heap: Flow = { ...document, nodes: document.nodes.map((node, n) => ({ ...node, position: { x: 40, y: 100 + n * 20 } })) };
  const places = layoutFlow(heap);
  expect(layoutFlow(heap)).toEqual(places);
  const next = changed(heap, { edit: "move", positions: places });
  expect(overlaps(next)).toEqual([]);
  const y = (id: string) => places[id]?.y ?? 0;
  for (const { source, target } of document.edges) expect(y(target)).toBeGreaterThan(y(source));
  expect(Math.min(...Object.values(places).map((place) => place.x))).toBe(40);
  expect(layoutFlow(empty)).toEqual({});
});

test("layout keeps the order of a node's ports, whatever the order of the nodes", () => {
  for (const nodes of [document.nodes, document.nodes.toReversed()]) {
    const places = layoutFlow({ ...document, nodes });
    expect(places.known?.x).toBeLessThan(places.unknown?.x ?? 0);
  }
});

test("layout lets no nodes overlap, whatever leads where", () => {
  const edges = fc.array(fc.tuple(fc.nat(13), fc.nat(13), fc.constantFrom("true", "false", "error")), { maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 14 }), edges, (count, pairs) => {
      const added = Array.from({ length: count }).reduce<Flow>(
        (flow) => changed(flow, addNode(flow, { kind: "branch" }, { after: null, at: null }).edit),
        empty,
      );
      const forward = pairs.filter(([from, to]) => from < to && to < count);
      const drawn = forward.map(([from, to, port], n) => ({
        id: `e${n}`,
        source: added.nodes[from]?.id ?? "",
        port,
        target: added.nodes[to]?.id ?? "",
      }));
      const flow = { ...added, edges: drawn };
      expect(overlaps(changed(flow, { edit: "move", positions: layoutFlow(flow) }))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

describe("a shortcut", () => {
  const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...held,
  });
  const canvas = { onCanvas: true, mac: false };

  it.each([
    [press("z", { ctrlKey: true }), "undo"],
    [press("Z", { ctrlKey: true, shiftKey: true }), "redo"],
    [press("y", { ctrlKey: true }), "redo"],
    [press("Tab"), "add"],
    [press("Tab", { shiftKey: true }), null],
    [press("c"), "connect"],
    [press("C", { shiftKey: true }), null],
    [press("c", { ctrlKey: true }), null],
    [press("ArrowLeft", { altKey: true }), "move-left"],
    [press("?", { shiftKey: true }), "help"],
    [press("+", { shiftKey: true }), "zoom-in"],
    [press("Enter", { ctrlKey: true, shiftKey: true }), "run"],
    [press("x"), null],
  ])("%o is %s", (event, id) => {
    expect(shortcutOf(event, canvas)).toBe(id);
  });

  it("takes Command on macOS, and Ctrl elsewhere", () => {
    expect(shortcutOf(press("z", { metaKey: true }), { onCanvas: true, mac: true })).toBe("undo");
    expect(shortcutOf(press("z", { metaKey: true }), canvas)).toBeNull();
    expect(keyWords("Mod+Shift+Z", true)).toEqual(["⌘", "Shift", "Z"]);
    expect(keyWords("+", false)).toEqual(["+"]);
  });

  it("of the canvas alone does nothing elsewhere on the page", () => {
    const elsewhere = { onCanvas: false, mac: false };
    expect(shortcutOf(press("Delete"), elsewhere)).toBeNull();
    expect(shortcutOf(press("Tab"), elsewhere)).toBeNull();
    expect(shortcutOf(press("s", { ctrlKey: true }), elsewhere)).toBe("save");
  });

  it("has keys of its own", () => {
    const keys = shortcuts.flatMap((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
