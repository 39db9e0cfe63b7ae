import { expect, test } from "vitest";
import type { Flow } from "../../shared/flow/flow.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { nothing } from "../stores/selection.ts";
import { journal, journals, version } from "../testing/sample-run.ts";
import { directionOf, nodeSize } from "./card-size.ts";
import { keepSame } from "./keep-same.ts";
import { type Drawing, toCanvas } from "./to-canvas.ts";

const flowAlone: Drawing = { document: version.document, labels: version, view: null, selection: nothing };
const draw = (entries = journals.succeeded) => toCanvas({ ...flowAlone, view: foldJournal(entries) });
const states = ({ edges }: ReturnType<typeof toCanvas>) => Object.fromEntries(edges.map((edge) => [edge.id, edge.data?.state]));

test("draws every node where the flow puts it, as large as the tokens say", () => {
  const { nodes } = draw();
  expect(nodes.map((node) => [node.id, node.position])).toEqual(version.document.nodes.map((node) => [node.id, node.position]));
  expect(nodes[0]).toMatchObject({ width: 248, height: 64, measured: nodeSize });
});

test("shows a flow alone without lamps and with plain edges", () => {
  const drawn = toCanvas(flowAlone);
  expect(drawn.nodes.every((node) => node.data.status === null)).toBe(true);
  expect(new Set(Object.values(states(drawn)))).toEqual(new Set(["plain"]));
});

test("gives each node the status of its step, and idle to what has not started", () => {
  const status = Object.fromEntries(draw(journals.running).nodes.map((node) => [node.id, node.data.status]));
  expect(status).toEqual({ lead: "succeeded", search: "running", found: "idle", known: "idle", unknown: "idle" });
});

test("lights taken edges and leaves skipped ones dark", () => {
  expect(states(draw())).toEqual({
    "lead-search": "taken",
    "search-found": "taken",
    "found-known": "taken",
    "found-unknown": "skipped",
  });
});

test("moves data only into the step that is at work", () => {
  expect(states(draw(journals.running))).toMatchObject({ "lead-search": "moving", "search-found": "pending" });
  expect(states(draw(journals.retrying))["lead-search"]).toBe("taken");
});

test("takes an error edge in red and gives the node its error port", () => {
  const withError: Flow = {
    ...version.document,
    edges: [...version.document.edges, { id: "e", source: "search", port: "error", target: "unknown" }],
  };
  const failed = journal(
    [0, { kind: "run-started", trigger: "lead" }],
    [1, { kind: "step-failed", node: "search", startedAt: 0, error: { code: "rejected", message: "no" } }],
  );
  const drawn = toCanvas({ ...flowAlone, document: withError, view: foldJournal(failed) });
  expect(states(drawn).e).toBe("failed");
  const ports = drawn.nodes.find((node) => node.id === "search")?.data.ports;
  expect(ports?.map(({ id, label, lit }) => ({ id, label, lit }))).toEqual([
    { id: "out", label: null, lit: false },
    { id: "error", label: "error", lit: true },
  ]);
});

test("labels the ports of a branch, lights the one that was taken, and gives triggers no entry", () => {
  const { nodes } = draw();
  const branch = nodes.find((node) => node.id === "found")?.data;
  expect(branch?.ports.map(({ label, lit }) => [label, lit])).toEqual([
    ["true", true],
    ["false", false],
  ]);
  expect(branch?.entry).toEqual({ lit: true });
  expect(nodes.find((node) => node.id === "lead")?.data.entry).toBeNull();
});

test("counts a node's problems, and names them for a reader", () => {
  const { nodes } = toCanvas({ ...flowAlone, problems: new Map([["search", 2]]) });
  const search = nodes.find((node) => node.id === "search");
  expect(search?.data.problems).toBe(2);
  expect(search?.ariaLabel).toContain("2 problems");
});

test("offers the error port of every node but triggers while the flow is edited", () => {
  const { nodes } = toCanvas({ ...flowAlone, editing: true });
  const ports = Object.fromEntries(nodes.map((node) => [node.id, node.data.ports.map(({ id, used }) => [id, used])]));
  expect(ports.lead).toEqual([["out", true]]);
  expect(ports.found).toEqual([
    ["true", true],
    ["false", true],
    ["error", false],
  ]);
  const [alone, edited] = [toCanvas(flowAlone), { nodes }].map((drawn) => drawn.nodes[1]?.data.ports[0]?.along);
  expect(edited).toBe(alone);
});

test("writes the names of a switch's cases at its ports, and gives each room", () => {
  const conditions = [{ left: 1, operator: "equals" as const, right: 1 }];
  const cases = ["eu", "us", "asia", "rest"].map((port) => ({
    port,
    name: port.toUpperCase(),
    match: "all" as const,
    conditions,
  }));
  const document: Flow = {
    schemaVersion: 1,
    nodes: [{ id: "region", name: "Region", kind: "switch", position: { x: 0, y: 0 }, cases }],
    edges: [],
  };
  const [node] = toCanvas({ ...flowAlone, document, editing: true }).nodes;
  expect(node?.data.ports.map(({ label }) => label)).toEqual(["EU", "US", "ASIA", "REST", "default", "error"]);
  const places = node?.data.ports.map(({ along }) => along * (node.width ?? 0)) ?? [];
  expect(places.slice(1).map((place, index) => Math.round(place - (places[index] ?? 0)))).toEqual([101, 101, 101, 101, 101]);
});

test("marks what is selected, and only that", () => {
  const drawn = toCanvas({ ...flowAlone, selection: { nodes: ["search", "found"], edges: ["lead-search"] } });
  expect(drawn.nodes.filter(({ selected }) => selected).map(({ id }) => id)).toEqual(["search", "found"]);
  expect(drawn.edges.filter(({ selected }) => selected).map(({ id }) => id)).toEqual(["lead-search"]);
});

test("puts ports at top and bottom of a flow that goes down, and at the sides of one that goes right", () => {
  const across: Flow = {
    ...version.document,
    nodes: version.document.nodes.map((node) => ({ ...node, position: { x: node.position.y * 3, y: node.position.x / 2 } })),
  };
  expect(directionOf(version.document)).toBe("down");
  expect(directionOf(across)).toBe("right");
  const middle = (handle: { x: number; y: number } | undefined) => handle && [handle.x + 5, handle.y + 5];
  const down = draw().nodes.find((node) => node.id === "search")?.handles;
  const right = toCanvas({ ...flowAlone, document: across }).nodes.find((node) => node.id === "search")?.handles;
  expect(down?.map(middle)).toEqual([
    [124, 0],
    [124, 64],
  ]);
  expect(right?.map(middle)).toEqual([
    [0, 32],
    [248, 32],
  ]);
});

test("names each node with its kind and state for a reader", () => {
  const { nodes } = draw(journals.failed);
  expect(nodes.map((node) => node.ariaLabel)).toContain("Search contact ZoomInfo sandbox, Call, failed");
});

test("gives back the same objects for what an entry did not change", () => {
  const before = draw(journals.running);
  const after = draw(journals.retrying);
  const kept = keepSame(before.nodes, after.nodes);
  expect(kept.find((node) => node.id === "found")).toBe(before.nodes.find((node) => node.id === "found"));
  expect(kept.find((node) => node.id === "search")).toBe(after.nodes.find((node) => node.id === "search"));
});

test("gives the nodes that call a connector its logo, and no others", () => {
  const logo = { sha256: "a".repeat(64), media: "image/png" as const, width: 420, height: 120 };
  const connectors = version.connectors.map((connector) => ({ ...connector, logo }));
  const drawn = toCanvas({ ...flowAlone, labels: { ...version, connectors } });
  const logos = Object.fromEntries(drawn.nodes.map((node) => [node.id, node.data.logo]));
  expect(logos).toEqual({ lead: null, search: logo, found: null, known: null, unknown: null });
  expect(toCanvas(flowAlone).nodes.every((node) => node.data.logo === null)).toBe(true);
});
