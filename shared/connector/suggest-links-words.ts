/** The words of a name in any case: `pageID`, `page_id` and `page-id` are "page" and "id". */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

const irregular = new Map([
  ["people", "person"],
  ["indices", "index"],
  ["indexes", "index"],
  ["statuses", "status"],
  ["aliases", "alias"],
]);

/** The last word in the singular, by the usual endings of English. */
export function singular(words: readonly string[]): string[] {
  const last = words.at(-1);
  if (last === undefined) return [];
  const known = irregular.get(last);
  const one =
    known ??
    (/[^aeiou]ies$/.test(last)
      ? `${last.slice(0, -3)}y`
      : /(ch|sh|ss|x|zz)es$/.test(last)
        ? last.slice(0, -2)
        : /[^su]s$/.test(last)
          ? last.slice(0, -1)
          : last);
  return [...words.slice(0, -1), one];
}

const idWords = new Set(["id", "sid", "uid", "uuid", "guid", "identifier"]);

/** What a parameter names and how: `customer_id` is a "customer" by its "id". */
export function nameOf(key: string): { noun: string[]; by: string | null } {
  const words = wordsOf(key);
  const last = words.at(-1);
  return last !== undefined && idWords.has(last)
    ? { noun: singular(words.slice(0, -1)), by: last }
    : { noun: singular(words), by: null };
}
