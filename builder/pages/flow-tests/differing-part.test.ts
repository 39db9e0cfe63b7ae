import { expect, it } from "vitest";
import { differingPart } from "./differing-part.ts";

it.each<[string, string, string, ReturnType<typeof differingPart>]>([
  ["a word in the middle", '"to Ada now"', '"to Bob now"', { head: '"to ', before: "Ada", after: "Bob", tail: ' now"' }],
  ["all of it", "1", "2", { head: "", before: "1", after: "2", tail: "" }],
  ["only what was added", "[1]", "[1,2]", { head: "[1", before: "", after: ",2", tail: "]" }],
  ["a repeated letter once", "aa", "aaa", { head: "aa", before: "", after: "a", tail: "" }],
  ["a character of two units whole", '"😀"', '"😁"', { head: '"', before: "😀", after: "😁", tail: '"' }],
])("finds %s", (_, before, after, part) => {
  expect(differingPart(before, after)).toEqual(part);
});
