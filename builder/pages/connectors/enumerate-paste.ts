export type EnumerateRow = { value: string; label: string };

/** Rows from pasted lines, each a value or `value = label`; empty lines are none. Null for a text of one line, which is a value. */
export function pastedRows(text: string): EnumerateRow[] | null {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length < 2) return null;
  return lines.map((line) => {
    // `a=b` is a value of its own in many APIs: the sign stands between blanks, or is a tab as from a table.
    const [value = "", ...label] = line.split(/\s+=\s+|\t/);
    return { value: value.trim(), label: label.join(" = ").trim() };
  });
}

/** The rows with those that were pasted in the place of row `at`; values that are there already are not there twice. */
export function withPasted(rows: readonly EnumerateRow[], at: number, pasted: readonly EnumerateRow[]): EnumerateRow[] {
  const before = rows.filter((row, index) => index !== at && row.value !== "");
  const known = new Set(before.map(({ value }) => value));
  const added = pasted.filter(({ value }) => !known.has(value) && known.add(value));
  const place = rows.slice(0, at).filter(({ value }) => value !== "").length;
  return [...before.slice(0, place), ...added, ...before.slice(place)].slice(0, 500);
}
