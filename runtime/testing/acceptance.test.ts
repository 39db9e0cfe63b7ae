import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Every row that `e2e/acceptance.md` has to prove, in its order. */
const wanted = [
  ...range("D", 1, 44),
  ...range("Z", 1, 58),
  ...range("Z", 64, 87),
  ...range("E", 1, 10),
  ...range("E", 23, 25),
  ...range("S", 1, 20),
  ...range("C", 1, 7),
  ...range("I", 1, 12),
  ...range("H", 1, 4),
  ...range("X", 1, 12),
];
const root = new URL("../../", import.meta.url);
const text = readFileSync(new URL("e2e/acceptance.md", root), "utf8");
const files = new Map([...text.matchAll(/^- ([a-z-]+): `([^`]+)`$/gm)].map(([, name = "", path = ""]) => [name, path]));
const rows = [...text.matchAll(/^\| ([A-Z]\d+) \| ([^|]+) \| (.+) \|$/gm)].map(([, row = "", what = "", proofs = ""]) => ({
  row,
  what: what.trim(),
  proofs: proofs.split("<br>").map((proof) => proof.trim()),
}));

function range(letter: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`);
}

/** The titles of all tests and groups of a file, as they are written. */
function titlesIn(path: string): Set<string> {
  const source = readFileSync(new URL(path, root), "utf8");
  const calls = source.matchAll(/(?:\b(?:test|it|describe)|[)\]])\(\s*(?:"((?:[^"\\\n]|\\.)+)"|'((?:[^'\\\n]|\\.)+)')/g);
  return new Set([...calls].map(([, double, single]) => (double ?? single ?? "").replace(/\\(["'])/g, "$1")));
}

test("every row is there once, in its order, with words of its own", () => {
  expect(rows.map(({ row }) => row)).toEqual(wanted);
  expect(rows.filter(({ what }) => what.length < 4)).toEqual([]);
});

test("every row has a proof: a test that is there under the title that is named", () => {
  const titles = new Map([...files].map(([name, path]) => [name, existsSync(new URL(path, root)) ? titlesIn(path) : new Set()]));
  const missing = rows.flatMap(({ row, proofs }) =>
    proofs.flatMap((proof) => {
      const [file = "", ...title] = proof.split(" › ");
      return titles.get(file)?.has(title.join(" › ")) ? [] : [`${row}: ${proof}`];
    }),
  );
  expect(missing).toEqual([]);
});

test("every file that is named is used", () => {
  const used = new Set(rows.flatMap(({ proofs }) => proofs.map((proof) => proof.split(" › ")[0])));
  expect([...files.keys()].filter((name) => !used.has(name))).toEqual([]);
});
