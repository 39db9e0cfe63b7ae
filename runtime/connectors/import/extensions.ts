import type { Json } from "../../../shared/json.ts";

/** Extensions that are understood, and those that say nothing of how an API is called. */
const known = new Set(["x-ms-summary", "x-ms-visibility", "x-ms-dynamic-values", "x-ms-dynamic-list", "x-patchbay"]);
/** What stands in these is named by the API itself, so a name with `x-` there is no extension; examples are plain data. */
const named = new Set(
  "properties patternProperties schemas headers parameters responses examples example default enum const requestBodies securitySchemes links callbacks paths pathItems scopes mapping variables content encoding dependentSchemas $defs definitions".split(
    " ",
  ),
);

/** Counts extensions that are not understood, by name. */
export type Extensions = Map<string, number>;

export function countExtension(extensions: Extensions, key: string, parent: string | undefined): void {
  if (!key.startsWith("x-") || known.has(key) || (parent !== undefined && named.has(parent))) return;
  if (extensions.size < 200 || extensions.has(key)) extensions.set(key, (extensions.get(key) ?? 0) + 1);
}

/** Those that came most, at most 20: a name that is misspelt is among them. */
export function commonest(extensions: Extensions): { key: string; count: number }[] {
  const byCount = [...extensions].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return byCount.slice(0, 20).map(([key, count]) => ({ key: key.slice(0, 60), count }));
}

/** A line of the report, or none. */
export function extensionNotes(extensions: Extensions): string[] {
  const total = [...extensions.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const shown = commonest(extensions)
    .slice(0, 5)
    .map(({ key, count }) => `${key} (${count})`);
  const more = extensions.size > 5 ? ` and ${extensions.size - 5} more names` : "";
  return [
    `${total} ${total === 1 ? "extension is" : "extensions are"} not understood and passed over: ${shown.join(", ")}${more}`,
  ];
}

/** Texts for people may be null in files of a generator in wide use; a null there is wrong, and of no consequence. */
export function isNullText(key: string, parent: string | undefined, value: Json): boolean {
  return value === null && key === "description" && parent === "externalDocs";
}
