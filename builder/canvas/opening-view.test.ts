import { expect, it } from "vitest";
import { openingView, readableZoom, revealing } from "./opening-view.ts";

const surface = { width: 1_000, height: 600 };
const margin = { left: 70, right: 30, top: 50, bottom: 50 };
const card = (x: number, y: number, starts = false) => ({ position: { x, y }, width: 248, height: 64, starts });
/** Where a card is on the surface. */
const seen = ({ position: { x, y } }: ReturnType<typeof card>, view: { x: number; y: number; zoom: number }) => ({
  left: x * view.zoom + view.x,
  right: (x + 248) * view.zoom + view.x,
  top: y * view.zoom + view.y,
  bottom: (y + 64) * view.zoom + view.y,
});

it("shows a small flow in the middle, at its real size", () => {
  const view = openingView([card(0, 0, true)], surface, margin);
  expect(view).toEqual({ x: (70 + 970 - 248) / 2, y: (50 + 550 - 64) / 2, zoom: 1 });
});

it("shows a larger flow whole, as long as it can be read", () => {
  const nodes = [card(0, 0, true), card(1_000, 0)];
  const view = openingView(nodes, surface, margin);
  expect(view.zoom).toBeCloseTo(900 / 1_248);
  expect(seen(card(0, 0), view).left).toBeCloseTo(70);
  expect(seen(card(1_000, 0), view).right).toBeCloseTo(970);
});

it("begins a flow that is too wide at its trigger, at the left, wherever else the flow begins", () => {
  const trigger = card(0, 120, true);
  const view = openingView([trigger, card(-40, 0), card(2_000, 0), card(4_000, 240)], surface, margin);
  expect(view.zoom).toBe(readableZoom);
  expect(seen(card(-40, 0), view).left).toBe(70);
  expect(seen(trigger, view)).toMatchObject({ left: 94 });
});

it("begins a flow that is too high at the top, its trigger in the middle of the width", () => {
  const nodes = Array.from({ length: 30 }, (_, n) => card(n % 2 === 0 ? 0 : 300 * (n % 5), n * 120, n === 0));
  const view = openingView(nodes, surface, margin);
  const { top, left, right } = seen(card(0, 0), view);
  expect(top).toBe(50);
  expect(left).toBeGreaterThanOrEqual(70);
  expect(right).toBeLessThan(970);
});

it("begins at the first of many triggers, and at all of a flow without any", () => {
  const row = Array.from({ length: 10 }, (_, n) => card(n * 300, 0, true));
  expect(seen(card(0, 0), openingView(row, surface, margin)).left).toBe(70);
  const none = row.map((node) => ({ ...node, starts: false }));
  expect(seen(card(0, 0), openingView(none, surface, margin)).left).toBe(70);
});

it("shows an empty flow and a surface without room as something finite", () => {
  for (const view of [openingView([], surface, margin), openingView([card(0, 0)], { width: 40, height: 40 }, margin)])
    expect(Object.values(view).every(Number.isFinite)).toBe(true);
});

it("moves the view no further than it must to reveal a card", () => {
  const view = { x: 0, y: 0, zoom: 1 };
  expect(revealing(card(200, 200), view, surface, margin)).toBe(view);
  expect(revealing(card(900, 200), view, surface, margin)).toEqual({ x: 970 - 248 - 900, y: 0, zoom: 1 });
  expect(revealing(card(-500, -500), view, surface, margin)).toEqual({ x: 570, y: 550, zoom: 1 });
});
