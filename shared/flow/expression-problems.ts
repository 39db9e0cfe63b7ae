import { closestName } from "./closest-name.ts";
import { type Path, parseTemplate } from "./expression.ts";
import { type FlowTypes, isWaitUrl, type Reader } from "./flow-types.ts";
import { hiddenInside } from "./hidden-inside.ts";
import { checkJsonata, type Root } from "./jsonata.ts";
import type { FlowNode } from "./node.ts";
import { fieldOf, type NodeTemplate, templatesOf } from "./node-templates.ts";
import { writePath } from "./path-text.ts";
import type { Found } from "./schema-path.ts";

/** `warning`: it may be meant so, and keeps nobody from publishing. */
export type Severity = "error" | "warning";
/** What is wrong with a node, at a path in it such as `inputs.email`; an error where no severity is said. `fix`: what to do, in words. */
export type NodeProblem = { field: string | null; code: string; message: string; severity?: Severity; fix?: string };
export type TextProblem = Omit<NodeProblem, "field">;

/** What is wrong with the expressions of a node: their syntax, and what they refer to. A node may read only what runs before it. */
export function expressionProblems(node: FlowNode, types: FlowTypes): NodeProblem[] {
  return templatesOf(node).flatMap((template) => {
    const field = fieldOf(template.path);
    return textProblems(template, { types, reader: { node: node.id, inside: template.inside } }).map((problem) => ({
      field,
      ...problem,
    }));
  });
}

type Scope = { types: FlowTypes; reader: Reader };

function textProblems({ text }: NodeTemplate, scope: Scope): TextProblem[] {
  const template = parseTemplate(text);
  if ("problem" in template) return [{ code: "bad_expression", message: template.problem }];
  if (template.jsonata !== undefined) return jsonataProblems(template.jsonata, scope);
  return template.parts.flatMap((part) => ("path" in part ? pathProblems(part.path, part.source, scope) : []));
}

function pathProblems(path: Path, source: string, scope: Scope): TextProblem[] {
  const [root, id] = path;
  switch (root) {
    case "trigger":
      return foundProblems(path, source, scope);
    case "item":
    case "index":
      return loopProblems(root, source, scope) ?? foundProblems(path, source, scope);
    case "steps":
      if (isOuterItem(path, scope) || isUrl(path, scope)) return foundProblems(path, source, scope);
      return stepProblems(typeof id === "string" ? id : "", source, scope) ?? foundProblems(path, source, scope);
    default: {
      const near = closestName(String(root), rootNames(scope));
      return [
        {
          code: "unknown_root",
          message: `"${source}" must start with ${startWords(scope)}`,
          ...meant(near && writePath([near, ...path.slice(1)])),
        },
      ];
    }
  }
}

/** `steps.<loop>.item` and `.index`, of a loop around the reader that need not be the innermost. */
function isOuterItem([, id, field]: Path, { types, reader }: Scope): boolean {
  return (field === "item" || field === "index") && types.loopsOf(reader).some((loop) => loop.id === id);
}

/** `steps.<wait>.url`, which is known also where the step does not run before. */
function isUrl([, id, field]: Path, { types, reader }: Scope): boolean {
  return field === "url" && typeof id === "string" && isWaitUrl(types.graph, id, reader.node);
}

function jsonataProblems(source: string, scope: Scope): TextProblem[] {
  const checked = checkJsonata(source);
  if ("problem" in checked) return [{ code: "bad_expression", message: `${checked.problem} (at character ${checked.position})` }];
  const pathsOf = (id: string) => checked.paths.filter((path) => path[0] === "steps" && path[1] === id);
  const known = (root: Root) =>
    root.root === "step" &&
    pathsOf(root.id).length > 0 &&
    pathsOf(root.id).every((path) => isUrl(path, scope) || isOuterItem(path, scope));
  const roots = checked.roots.flatMap((root) => (known(root) ? [] : rootProblems(root, scope)));
  if (roots.length > 0) return roots;
  return checked.paths.flatMap((path) => foundProblems(path, writePath(path), scope, true));
}

function rootProblems(root: Root, scope: Scope): TextProblem[] {
  switch (root.root) {
    case "trigger":
    case "all":
      return [];
    case "item":
    case "index":
      return loopProblems(root.root, root.root, scope) ?? [];
    case "step":
      return stepProblems(root.id, `steps.${root.id}`, scope) ?? [];
    case "unknown": {
      const near = closestName(root.name, rootNames(scope));
      return [
        { code: "unknown_root", message: `"${root.name}" is not known here: start with ${startWords(scope)}`, ...meant(near) },
      ];
    }
  }
}

function rootNames({ types, reader }: Scope): string[] {
  return types.loopsOf(reader).length > 0 ? ["trigger", "steps", "item", "index"] : ["trigger", "steps"];
}

function startWords(scope: Scope): string {
  const names = rootNames(scope);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function loopProblems(root: string, source: string, { types, reader }: Scope): TextProblem[] | null {
  if (types.loopsOf(reader).length > 0) return null;
  return [
    {
      code: "unknown_root",
      message: `"${source}" is not known here: there is ${root === "item" ? "an item" : "an index"} inside a for-each alone`,
    },
  ];
}

/** Null where the step may be read. */
function stepProblems(id: string, source: string, { types, reader }: Scope): TextProblem[] | null {
  const { graph } = types;
  const node = graph.nodes.get(id);
  if (!node) {
    const hyphened = hyphenHint(id, types);
    const near =
      hyphened === ""
        ? closestName(
            id,
            [...graph.nodes.keys()].filter((other) => types.runsBefore(reader, other)),
          )
        : null;
    const message = `"${source}" refers to a node that does not exist${hyphened}`;
    return [{ code: "unknown_node", message, ...meant(near && `steps.${near}`) }];
  }
  if (types.runsBefore(reader, id)) return null;
  const container = hiddenInside(graph, id, reader.node);
  if (container) {
    const message = `"${source}" refers to "${node.name}", which is inside "${container.name}": outside there is only what "${container.name}" gives`;
    return [
      { code: "inside_container", message, ...(container.id !== reader.node && { fix: `read steps.${container.id}.output` }) },
    ];
  }
  return [{ code: "not_an_ancestor", message: `"${source}" refers to "${node.name}", which does not run before this node` }];
}

/** A hyphen is a minus sign in JSONata, so that `steps.search-contacts` reads the step "search". */
function hyphenHint(id: string, { graph }: FlowTypes): string {
  if (id === "") return "";
  const hyphened = [...graph.nodes.keys()].find((other) => other.startsWith(`${id}-`));
  return hyphened === undefined ? "" : `: in an expression, write steps.\`${hyphened}\``;
}

const stepFields = ["output", "error", "status"];

/** What is declared and lacks the path is wrong; of what was read off values there may be more. */
function foundProblems(path: Path, source: string, { types, reader }: Scope, throughLists = false): TextProblem[] {
  const isStep = path[0] === "steps" && !isOuterItem(path, { types, reader }) && !isUrl(path, { types, reader });
  if (isStep && (typeof path[2] !== "string" || !stepFields.includes(path[2]))) return fieldProblems(path, source, throughLists);
  const found = types.find(reader, path, { throughLists });
  if (found?.outcome !== "absent") return [];
  const severity = found.origin === "declared" ? "error" : "warning";
  return [{ code: "unknown_path", severity, message: absentWords(path, source, found), ...absentFix(path, found) }];
}

type Absent = Extract<Found, { outcome: "absent" }>;

function absentWords(path: Path, source: string, { at, origin, types }: Absent): string {
  const known = writePath(path.slice(0, at));
  const key = path[at];
  const isList = types.includes("array") && !types.includes("object");
  if (types.length > 0 && !types.includes("object") && !types.includes("array"))
    return `"${source}" finds nothing: "${known}" is ${typeWords(types)}, with nothing inside`;
  if (isList) return `"${source}" finds nothing: "${known}" is a list, which has no "${key}"`;
  const why = origin === "declared" ? `"${known}" has no "${key}"` : `there was no "${key}" in "${known}" when it came last`;
  return `"${source}" finds nothing: ${why}`;
}

function absentFix(path: Path, { at, names, types }: Absent): { fix?: string } {
  const key = String(path[at]);
  const near = closestName(key, names);
  if (near !== null) return meant(writePath([...path.slice(0, at), near, ...path.slice(at + 1)]));
  if (types.includes("array") && typeof path[at] === "string")
    return {
      fix: `take one of its items, "${writePath([...path.slice(0, at), 0, ...path.slice(at)])}", or all of them in a for-each`,
    };
  if (names.length === 0) return {};
  return { fix: `it has ${names.slice(0, 6).join(", ")}${names.length > 6 ? " and more" : ""}` };
}

/** Of a step there is its output, its error and its status. */
function fieldProblems(path: Path, source: string, throughLists: boolean): TextProblem[] {
  // `steps.search` whole is an object in JSONata, and a template gives nothing for it.
  if (path.length < 3 && throughLists) return [];
  const message = `"${source}" finds nothing: a step has an output, an error and a status`;
  const near = path.length < 3 ? null : closestName(String(path[2]), stepFields);
  const rest = near === null ? path.slice(2) : path.slice(3);
  return [{ code: "unknown_path", message, ...meant(writePath([...path.slice(0, 2), near ?? "output", ...rest])) }];
}

function meant(text: string | null): { fix?: string } {
  return text === null ? {} : { fix: `did you mean "${text}"?` };
}

const words: Record<string, string> = {
  string: "text",
  integer: "a number",
  number: "a number",
  boolean: "true or false",
  null: "nothing",
  array: "a list",
  object: "an object",
};

/** Types of a value in words: "text or a number". */
export function typeWords(types: readonly string[]): string {
  return [...new Set(types.map((type) => words[type] ?? type))].join(" or ");
}
