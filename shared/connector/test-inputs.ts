import { parseTemplate, readPath } from "../flow/expression.ts";
import type { Json } from "../json.ts";

/** What a test gave that others may take values of, as `{{tests.<endpoint>.body.id}}`. */
export type TestAnswer = { status: number; body: Json };
type Reference = { endpoint: string; path: (string | number)[]; text: string };

/** Keys of the endpoints whose answers sample inputs take values of, each once. */
export function testsNeeded(inputs: Record<string, Json>): string[] {
  return [...new Set(referencesIn(Object.values(inputs)).map(({ endpoint }) => endpoint))];
}

/**
 * Sample inputs with the values of earlier tests in place; a reference that is a whole text gives the value with its type. `missing`:
 * the references, by parameter key, that no answer has a value for.
 */
export function resolveTestInputs(
  inputs: Record<string, Json>,
  answers: ReadonlyMap<string, TestAnswer>,
): { inputs: Record<string, Json> } | { missing: { parameter: string; endpoint: string; text: string }[] } {
  const tests = Object.fromEntries(answers);
  const missing = Object.entries(inputs).flatMap(([parameter, value]) =>
    referencesIn(value)
      .filter(({ path }) => readPath({ tests }, path) === undefined)
      .map(({ endpoint, text }) => ({ parameter, endpoint, text })),
  );
  if (missing.length > 0) return { missing };
  return { inputs: Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, filled(value, tests)])) };
}

/** An order in which each comes after those that it takes values of, else as it was; what waits for itself comes last. */
export function orderTests<Test extends { key: string; inputs: Record<string, Json> }>(tests: readonly Test[]): Test[] {
  const ordered: Test[] = [];
  const left = new Set(tests);
  const isDone = (key: string) => ordered.some((test) => test.key === key) || !tests.some((test) => test.key === key);
  for (;;) {
    const ready = [...left].filter(({ inputs }) => testsNeeded(inputs).every(isDone));
    if (ready.length === 0) return [...ordered, ...left];
    for (const test of ready) {
      ordered.push(test);
      left.delete(test);
    }
  }
}

function referencesIn(value: Json): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(referencesIn);
  if (typeof value !== "string" || !value.includes("{{")) return [];
  const template = parseTemplate(value);
  if ("problem" in template || template.jsonata !== undefined) return [];
  return template.parts.flatMap((part) => {
    if ("text" in part) return [];
    const [root, endpoint] = part.path;
    return root === "tests" && typeof endpoint === "string" ? [{ endpoint, path: part.path, text: value }] : [];
  });
}

function filled(value: Json, tests: Record<string, TestAnswer>): Json {
  if (Array.isArray(value)) return value.map((item) => filled(item, tests));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, tests)]));
  if (typeof value !== "string" || referencesIn(value).length === 0) return value;
  const template = parseTemplate(value);
  if ("problem" in template || template.jsonata !== undefined) return value;
  const found = template.parts.map((part) => ("text" in part ? part.text : (readPath({ tests }, part.path) as Json)));
  if (found.length === 1) return found[0] ?? null;
  return found.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join("");
}
