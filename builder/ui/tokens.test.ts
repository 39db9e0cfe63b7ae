import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Theme = "light" | "dark";
const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const tokens = new Map([...css.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name ?? "", value ?? ""]));

const surfaces = ["page", "panel", "raised", "canvas", "neutral-3", "neutral-4"];
/** Text on what it stands on. */
const textPairs: [text: string, surface: string][] = [
  ...surfaces.flatMap((surface): [string, string][] => [
    ["neutral-12", surface],
    ["neutral-11", surface],
    ["accent-11", surface],
    ["green-11", surface],
    ["amber-11", surface],
    ["red-11", surface],
  ]),
  ["neutral-12", "accent-3"],
  ["neutral-11", "accent-3"],
  ["accent-11", "accent-3"],
  ["green-11", "green-3"],
  ["amber-11", "amber-3"],
  ["neutral-12", "amber-3"],
  ["neutral-11", "amber-3"],
  ["red-11", "red-3"],
  ["neutral-12", "red-3"],
  ["neutral-11", "red-3"],
  ["neutral-12", "thumb"],
  ["on-accent", "accent-9"],
  ["on-accent", "accent-10"],
  ["on-red", "danger-9"],
  ["on-red", "danger-10"],
  ["json-text", "page"],
  ["json-number", "page"],
  ["json-keyword", "page"],
  ["json-text", "neutral-3"],
  ["json-number", "neutral-3"],
  ["json-keyword", "neutral-3"],
  // The tooltip turns the page around.
  ["page", "neutral-12"],
];
const kinds = ["trigger", "call", "logic", "data", "wait", "answer"];
/** Lamps, icons and lines that carry meaning. */
const markPairs: [mark: string, surface: string][] = [
  ...["page", "panel", "raised", "canvas"].flatMap((surface): [string, string][] => [
    ["accent-9", surface],
    ["green-9", surface],
    ["amber-9", surface],
    ["red-9", surface],
    ["neutral-9", surface],
  ]),
  ...kinds.map((kind): [string, string] => [`kind-${kind}-icon`, `kind-${kind}-tile`]),
  ["page", "green-9"],
  ["page", "amber-9"],
  ["page", "red-9"],
];

for (const theme of ["light", "dark"] as const) {
  test.each(textPairs)(`${theme}: %s can be read on %s`, (text, surface) => {
    expect(contrast(text, surface, theme)).toBeGreaterThanOrEqual(4.5);
  });
  test.each(markPairs)(`${theme}: %s can be made out on %s`, (mark, surface) => {
    expect(contrast(mark, surface, theme)).toBeGreaterThanOrEqual(3);
  });
}

test("measures black on white as 21", () => {
  expect(ratio(luminance([0, 0, 0]), luminance([1, 0, 0]))).toBeCloseTo(21, 5);
});

test("holds every colour of the interface", () => {
  const strays = ["theme.css", "../canvas/canvas.css"].flatMap((file) =>
    [...readFileSync(new URL(file, import.meta.url), "utf8").matchAll(/#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(/gi)].map(
      (found) => `${file}: ${found[0]}`,
    ),
  );
  expect(strays).toEqual([]);
});

function contrast(one: string, other: string, theme: Theme): number {
  return ratio(luminance(colour(one, theme)), luminance(colour(other, theme)));
}

/** WCAG 2.2, contrast ratio. */
function ratio(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

type Oklch = [lightness: number, chroma: number, hue: number];

function colour(name: string, theme: Theme): Oklch {
  const value = tokens.get(name);
  if (value === undefined) expect.unreachable(`there is no token ${name}`);
  return parse(value ?? "", theme);
}

function parse(text: string, theme: Theme): Oklch {
  const pair = /^light-dark\((oklch\([^)]*\)|var\([^)]*\)),\s*(oklch\([^)]*\)|var\([^)]*\))\)$/.exec(text.trim());
  if (pair) return parse((theme === "light" ? pair[1] : pair[2]) ?? "", theme);
  const reference = /^var\(--([\w-]+)\)$/.exec(text.trim());
  if (reference) return colour(reference[1] ?? "", theme);
  const numbers = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(text.trim());
  if (!numbers) return expect.unreachable(`cannot read the colour ${text}`);
  return [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
}

/** CSS Color 4, 10: OKLCH to linear sRGB, cut to the gamut; then WCAG's relative luminance. */
function luminance([lightness, chroma, hue]: Oklch): number {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = cut(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = cut(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = cut(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function cut(part: number): number {
  return Math.min(1, Math.max(0, part));
}
