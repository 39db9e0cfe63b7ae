import { expect, it } from "vitest";
import type { EventFilter } from "../connector/trigger.ts";
import { passesFilters } from "./passes-filters.ts";

const body = { type: "deal.won", amount: 12.5, tags: ["a"], owner: null, deep: { id: 7 }, open: false };
const cases: [string, EventFilter, boolean][] = [
  ["an equal text", { path: "type", operator: "equals", value: "deal.won" }, true],
  ["another text", { path: "type", operator: "equals", value: "deal.lost" }, false],
  ["a number as text", { path: "amount", operator: "equals", value: "12.5" }, true],
  ["a number deep inside", { path: "deep.id", operator: "equals", value: 7 }, true],
  ["false as text", { path: "open", operator: "equals", value: "false" }, true],
  ["a list as its JSON", { path: "tags", operator: "equals", value: ["a"] }, true],
  ["what is missing equals nothing", { path: "none", operator: "equals", value: "" }, false],
  ["what is missing is not equal to anything", { path: "none", operator: "not-equals", value: "x" }, true],
  ["an equal text that must not be", { path: "type", operator: "not-equals", value: "deal.won" }, false],
  ["one of several", { path: "type", operator: "one-of", value: ["deal.lost", "deal.won"] }, true],
  ["none of several", { path: "type", operator: "one-of", value: ["deal.lost"] }, false],
  ["a value that is there", { path: "deep", operator: "exists" }, true],
  ["null is no value", { path: "owner", operator: "exists" }, false],
  ["a name of every object", { path: "constructor", operator: "exists" }, false],
  ["an input's value", { path: "deep.id", operator: "equals", value: "{{inputs.deal}}" }, true],
  ["another than an input's value", { path: "type", operator: "equals", value: "{{inputs.deal}}" }, false],
  ["an input that was left out", { path: "type", operator: "equals", value: "{{inputs.none}}" }, true],
  ["an input that was left empty", { path: "type", operator: "equals", value: "{{inputs.empty}}" }, true],
];

it.each(cases)("looks at %s", (_, filter, passes) => {
  expect(passesFilters([filter], body, { deal: "7", empty: "" })).toBe(passes);
});

it("lets pass what passes all filters, and everything without filters", () => {
  const [won, lost] = ["deal.won", "deal.lost"].map((value): EventFilter => ({ path: "type", operator: "equals", value }));
  expect(passesFilters([], "no JSON", {})).toBe(true);
  if (won && lost) expect([passesFilters([won, won], body, {}), passesFilters([won, lost], body, {})]).toEqual([true, false]);
});
