import { expect, test } from "vitest";
import { createFairQueue } from "./fair-queue.ts";

const anyone = () => true;

function filled(...items: string[]) {
  const queue = createFairQueue<string>();
  for (const item of items) queue.add(item.slice(0, 1), item);
  return queue;
}

test("keys take turns, and each is served in its order", () => {
  const queue = filled("a1", "a2", "a3", "b1", "c1", "b2");
  const taken = Array.from({ length: 4 }, () => queue.take(anyone));
  queue.add("c", "c2");
  expect([...taken, queue.take(anyone), queue.take(anyone), queue.take(anyone), queue.take(anyone)]).toEqual([
    "a1",
    "b1",
    "c1",
    "a2",
    "b2",
    "a3",
    "c2",
    undefined,
  ]);
  expect(queue.has(anyone)).toBe(false);
});

test("a key that may have nothing now is passed over and keeps its turn", () => {
  const queue = filled("a1", "b1", "a2");
  expect(queue.take((key) => key !== "a")).toBe("b1");
  expect(queue.take((key) => key !== "a")).toBeUndefined();
  expect([queue.has((key) => key !== "a"), queue.take(anyone), queue.take(anyone)]).toEqual([false, "a1", "a2"]);
});

test("what is taken out is not served, and only once", () => {
  const queue = filled("a1", "a2", "b1");
  expect([queue.remove("a", "a1"), queue.remove("a", "a1"), queue.remove("c", "a1")]).toEqual([true, false, false]);
  expect([queue.clear(), queue.has(anyone), queue.take(anyone)]).toEqual([["a2", "b1"], false, undefined]);
});
