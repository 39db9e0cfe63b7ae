import jsonata from "jsonata";

/**
 * What an expression reads of its input `{trigger, steps}`, inside a for-each also `item` and `index`: the trigger's output, the output
 * of one step (of a loop around it `item` and `index`), or, when that cannot be told without running it (`steps` without a name, `$$`, `$eval`), everything. `unknown`: a name
 * that the input does not have.
 */
export type Root =
  | { root: "trigger" }
  | { root: "step"; id: string }
  | { root: "item" }
  | { root: "index" }
  | { root: "all" }
  | { root: "unknown"; name: string };

export const maxJsonata = 20_000;

/**
 * Reads a JSONata expression without running it: its syntax error, with the number of characters before it, or each root that it
 * reads, once. `paths`: the beginnings of its paths, as far as they are plain names. https://docs.jsonata.org/path-operators
 */
export function checkJsonata(source: string): { problem: string; position: number } | { roots: Root[]; paths: string[][] } {
  if (source.length > maxJsonata)
    return { problem: `an expression may have at most ${maxJsonata.toLocaleString("en")} characters`, position: maxJsonata };
  try {
    const roots = new Map<string, Root>();
    const paths = new Map<string, string[]>();
    walk(jsonata(source).ast(), true, (root, path = []) => {
      roots.set(JSON.stringify(root), root);
      if (path.length > 0) paths.set(JSON.stringify(path), path);
    });
    return { roots: [...roots.values()], paths: [...paths.values()] };
  } catch (error) {
    return syntaxProblem(error);
  }
}

/** JSONata throws plain objects; the parser's own recursion ends in a RangeError. */
function syntaxProblem(error: unknown): { problem: string; position: number } {
  const fault: Record<string, unknown> = typeof error === "object" && error !== null ? { ...error } : {};
  if (typeof fault.message === "string" && typeof fault.position === "number")
    return { problem: fault.message, position: fault.position };
  return { problem: "the expression cannot be read: it nests too deep", position: 0 };
}

type Found = (root: Root, path?: string[]) => void;
/** A node of JSONata's syntax tree, whose published types name only some of its kinds and fields. */
type Node = Record<string, unknown>;

/** `top`: names are looked up in the input itself, not in the items of a path. */
function walk(value: unknown, top: boolean, found: Found): void {
  if (Array.isArray(value)) for (const item of value) walk(item, top, found);
  if (!isNode(value)) return;
  switch (value.type) {
    case "path":
      walkPath(value, top, found);
      break;
    case "variable":
      // `$eval` runs a text, which may name anything.
      if (value.value === "$" || value.value === "eval" || (top && value.value === "")) found({ root: "all" });
      break;
    case "wildcard":
    case "descendant":
      if (top) found({ root: "all" });
      break;
    case "parent":
      // `%` climbs out of what was named.
      found({ root: "all" });
      break;
    case "transform":
      // Its pattern is looked up in what it is applied to.
      walk([value.pattern, value.update, value.delete], false, found);
      break;
    default:
      for (const [field, inner] of Object.entries(value)) if (!filters.includes(field)) walk(inner, top, found);
  }
  walkFilters(value, found);
}

const filters = ["stages", "predicate", "group"];

/** Predicates and groupings are looked up in the items that they filter. */
function walkFilters(node: Node, found: Found): void {
  for (const field of filters) walk(node[field], false, found);
}

function walkPath(path: Node, top: boolean, found: Found): void {
  const steps = Array.isArray(path.steps) ? path.steps.filter(isNode) : [];
  const [first] = steps;
  const isInput = first?.type === "variable" && (first.value === "$" || (top && first.value === ""));
  const named = isInput ? steps.slice(1) : steps;
  if (first && (isInput || (top && first.type === "name"))) {
    found(rootOf(named), plainNames(named));
    walkFilters(first, found);
  } else walk(first, top, found);
  for (const step of steps.slice(1)) walk(step, false, found);
}

function rootOf([first, second]: Node[]): Root {
  const name = nameOf(first);
  if (name === "trigger" || name === "item" || name === "index") return { root: name };
  if (name !== null && name !== "steps") return { root: "unknown", name };
  // `steps[a.output]`: the filter reads a step, too.
  const id = name === "steps" && first?.stages === undefined ? nameOf(second) : null;
  return id === null ? { root: "all" } : { root: "step", id };
}

/** Up to the first step that is more than a name: what a filter or a grouping does to the rest is not known. */
function plainNames(steps: Node[]): string[] {
  const names: string[] = [];
  for (const step of steps) {
    const name = nameOf(step);
    if (name === null) break;
    names.push(name);
    if (step.stages !== undefined || step.group !== undefined || step.focus !== undefined || step.index !== undefined) break;
  }
  return names;
}

function nameOf(step: Node | undefined): string | null {
  return step?.type === "name" && typeof step.value === "string" ? step.value : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
