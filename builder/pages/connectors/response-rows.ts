import type { Json } from "../../../shared/json.ts";
import { asSchemaObject, childrenOf, type FieldFacts, type FieldPath, factsOf, type SchemaObject } from "./response-schema.ts";

export type ResponseRow = {
  id: string;
  path: FieldPath;
  /** "response" for the whole, "[]" for items. */
  name: string;
  facts: FieldFacts;
  /** How many fields are below it. */
  count: number;
  open: boolean;
  /** This row stands for so many more fields of the container with this id. */
  more: { container: string; left: number } | null;
};

/** So many fields of one object are listed before one has to ask for more. */
export const fieldsAtOnce = 100;
const openRowsAtFirst = 60;

/** The rows on the screen, given which containers are open and how many fields of each are listed: a closed one costs nothing. */
export function responseRows(
  schema: Json | undefined,
  open: ReadonlySet<string>,
  listed: ReadonlyMap<string, number>,
): ResponseRow[] {
  const rows: ResponseRow[] = [];
  function add(own: SchemaObject, path: FieldPath, optional: boolean): void {
    const id = JSON.stringify(path);
    const children = childrenOf(own);
    const isOpen = open.has(id) && children.length > 0;
    rows.push({ id, path, name: nameOf(path), facts: factsOf(own, optional), count: children.length, open: isOpen, more: null });
    if (!isOpen) return;
    const limit = listed.get(id) ?? fieldsAtOnce;
    for (const child of children.slice(0, limit)) add(child.schema, [...path, child.key], child.optional);
    const left = children.length - limit;
    if (left <= 0) return;
    const facts = factsOf({}, false);
    rows.push({ id: `${id}+`, path: [...path, ""], name: "", facts, count: 0, open: false, more: { container: id, left } });
  }
  add(asSchemaObject(schema), [], false);
  return rows;
}

/** Opens containers from the outside in, as long as the whole stays within a few dozen rows; the whole and its items always. */
export function openFieldsAtFirst(schema: Json | undefined): Set<string> {
  const open = new Set<string>();
  const level: { schema: SchemaObject; path: FieldPath }[] = [{ schema: asSchemaObject(schema), path: [] }];
  let rows = 1;
  for (let next = level.shift(); next; next = level.shift()) {
    const children = childrenOf(next.schema);
    if (children.length === 0) continue;
    if (next.path.length > 0 && rows + Math.min(children.length, fieldsAtOnce) > openRowsAtFirst) continue;
    open.add(JSON.stringify(next.path));
    rows += Math.min(children.length, fieldsAtOnce);
    for (const child of children.slice(0, fieldsAtOnce)) level.push({ schema: child.schema, path: [...next.path, child.key] });
  }
  return open;
}

function nameOf(path: FieldPath): string {
  const last = path.at(-1);
  return last === undefined ? "response" : typeof last === "number" ? "[]" : last;
}
