import { expect, test } from "vitest";
import { wordsOf } from "./json-object.ts";

test.each([
  [
    "<p>Returns a <code>list</code> of &quot;charges&quot;.</p><p>At most <strong>100</strong>.</p>",
    'Returns a list of "charges".\nAt most 100.',
  ],
  ['See <a href="https://example.com/x?a=1&amp;b=2">the guide</a>.<br/>Then go on', "See the guide.\nThen go on"],
  ["`a < b` and List<string>, not <Tag>", "`a < b` and List<string>, not <Tag>"],
  ["&lt;p&gt; stays", "&lt;p&gt; stays"],
])("%s is read as people read it, and once only", (given, words) => {
  expect(wordsOf(given)).toBe(words);
  expect(wordsOf(words)).toBe(words);
});

test("is cut like any text, and a text of tags alone is none", () => {
  expect(wordsOf(`<p>${"a".repeat(50)}</p>`, 10)).toBe(`${"a".repeat(9)}…`);
  expect(wordsOf("<p> </p>")).toBeUndefined();
  expect(wordsOf(5)).toBeUndefined();
});
