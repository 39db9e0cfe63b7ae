/** Any JSON; declared here because this folder knows nothing of the product's contract. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export type JsonRow = {
  /** The path below the root; `id` is the same as one text. */
  path: (string | number)[];
  id: string;
  value: JsonValue;
  /** Number of children of an array or object. */
  count: number;
  open: boolean;
  /** This row stands for so many siblings that are not listed yet, of the container with this id. */
  more: { container: string; left: number } | null;
};

/** So many children of one container are listed before one has to ask for more. */
export const childrenAtOnce = 100;
const openRowsAtFirst = 60;
/** A longer list below the root starts closed: what stands after it would be out of sight. */
const openListAtFirst = 10;

/** The rows on the screen, given which containers are open and how many children of each are listed. */
export function jsonRows(root: JsonValue, open: ReadonlySet<string>, listed: ReadonlyMap<string, number>): JsonRow[] {
  const rows: JsonRow[] = [];
  function add(value: JsonValue, path: (string | number)[]): void {
    const id = JSON.stringify(path);
    const children = childrenOf(value);
    const isOpen = open.has(id) && children.length > 0;
    rows.push({ path, id, value, count: children.length, open: isOpen, more: null });
    if (!isOpen) return;
    const limit = listed.get(id) ?? childrenAtOnce;
    for (const [key, child] of children.slice(0, limit)) add(child, [...path, key]);
    const left = children.length - limit;
    if (left <= 0) return;
    const more = { container: id, left };
    rows.push({ path: [...path, limit], id: `${id}+`, value: null, count: 0, open: false, more });
  }
  add(root, []);
  return rows;
}

/** Opens containers from the outside in, as long as the whole stays within a few dozen rows. */
export function openAtFirst(root: JsonValue): Set<string> {
  const open = new Set<string>();
  const level: { value: JsonValue; path: (string | number)[] }[] = [{ value: root, path: [] }];
  let rows = 1;
  for (let next = level.shift(); next; next = level.shift()) {
    const children = childrenOf(next.value);
    if (children.length === 0) continue;
    const isRoot = next.path.length === 0;
    const isLong = Array.isArray(next.value) && children.length > openListAtFirst;
    if (!isRoot && (isLong || rows + children.length > openRowsAtFirst)) continue;
    open.add(JSON.stringify(next.path));
    rows += children.length;
    for (const [key, value] of children.slice(0, childrenAtOnce)) level.push({ value, path: [...next.path, key] });
  }
  return open;
}

function childrenOf(value: JsonValue): [string | number, JsonValue][] {
  if (typeof value !== "object" || value === null) return [];
  return Array.isArray(value) ? value.map((child, index) => [index, child]) : Object.entries(value);
}

/** The path as an expression writes it: `steps.search.output.data[0]["first name"]`. */
export function pathText(root: string, path: (string | number)[]): string {
  let text = root;
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(key)) text += text === "" ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text;
}

/** Size in bytes of the value written as JSON in UTF-8. */
export function jsonSize(value: JsonValue): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
