import { expect, test } from "vitest";
import { bendEdges } from "./bend-edges.ts";

/** A card of 200 by 60 with ports at its bottom, by name and distance from its left. */
const card = (id: string, x: number, y: number, ports: Record<string, number> = { out: 100 }) => ({
  id,
  position: { x, y },
  width: 200,
  height: 60,
  handles: [
    { type: "target", id: "in", x: 100, y: 0 },
    ...Object.entries(ports).map(([port, at]) => ({ type: "source", id: port, x: at, y: 60 })),
  ],
});
const edge = (source: string, port: string, target: string) => ({ id: `${source}:${port} ${target}`, source, port, target });
const both = { true: 60, false: 140 };

test("an edge turns half way", () => {
  const nodes = [card("a", 0, 0), card("b", 300, 120)];
  expect(Object.fromEntries(bendEdges([edge("a", "out", "b")], nodes, "down"))).toEqual({ "a:out b": 0.5 });
});

test("edges that part to either side turn at the same height", () => {
  const nodes = [card("a", 0, 0, both), card("b", -200, 120), card("c", 200, 120)];
  const bends = bendEdges([edge("a", "true", "b"), edge("a", "false", "c")], nodes, "down");
  expect([...bends.values()]).toEqual([0.5, 0.5]);
});

test("of edges that turn to one side the outermost turns first", () => {
  const nodes = [card("a", 0, 0, both), card("b", 300, 120), card("c", 600, 120)];
  const edges = [edge("a", "true", "b"), edge("a", "false", "c")];
  const bends = bendEdges(edges, nodes, "down");
  expect(bends.get("a:false c")).toBeLessThan(bends.get("a:true b") ?? 0);
});

test("edges that cross turn at heights of their own", () => {
  const nodes = [card("a", 0, 0, both), card("b", 300, 120), card("c", -300, 120)];
  const bends = bendEdges([edge("a", "true", "b"), edge("a", "false", "c")], nodes, "down");
  expect(new Set(bends.values()).size).toBe(2);
});

test("an edge that passes a row turns where no card is in its way", () => {
  const between = card("between", 300, 120);
  const nodes = [card("a", 0, 0), between, card("b", 300, 240)];
  // Half way it would run into the card from the side; before its target it would leave that card below it.
  const late = bendEdges([edge("a", "out", "b")], nodes, "down").get("a:out b") ?? 0;
  expect(late).toBeGreaterThan(0.7);
  const shifted = [card("a", 0, 0), card("under", 0, 120), card("b", 300, 240)];
  expect(bendEdges([edge("a", "out", "b")], shifted, "down").get("a:out b")).toBeLessThan(0.3);
});

test("to the right a labelled port's edge turns behind the label", () => {
  const sideways = {
    handles: [
      { type: "target", id: "in", x: 0, y: 30 },
      { type: "source", id: "true", x: 200, y: 30 },
    ],
  };
  const nodes = [
    { ...card("a", 0, 0), ...sideways },
    { ...card("b", 280, 120), ...sideways },
  ];
  expect(bendEdges([edge("a", "true", "b")], nodes, "right").get("a:true b")).toBe(0.75);
});
