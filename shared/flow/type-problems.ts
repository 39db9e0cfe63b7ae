import { actionParameters } from "../connector/action-call.ts";
import type { ConnectorDraft } from "../connector/connector.ts";
import type { Parameter } from "../connector/parameter.ts";
import type { Json } from "../json.ts";
import { type Path, parseTemplate } from "./expression.ts";
import { type NodeProblem, type TextProblem, typeWords } from "./expression-problems.ts";
import type { FlowTypes, Reader } from "./flow-types.ts";
import type { CallNode, FlowNode } from "./node.ts";
import { fieldOf, type NodeTemplate, templatesOf } from "./node-templates.ts";
import { writePath } from "./path-text.ts";
import { asSchema, type Place, schemaAt, typesIn } from "./schema-path.ts";

/** What a template's value is to be. `loose`: it becomes text on the way, so that any scalar will do. */
type Target = { name: string; types: string[]; required: boolean; loose: boolean };

/**
 * What is wrong with the types of what a node's templates give: a value that the input it goes into does not take, and a step that may not
 * have run where a value is required. Only templates that are the whole value are looked at: in a text everything is text.
 */
export function typeProblems(
  node: FlowNode,
  types: FlowTypes,
  connectors: ReadonlyMap<string, ConnectorDraft> | undefined,
): NodeProblem[] {
  const parameters = node.kind === "call" && connectors ? parametersOf(node, connectors) : [];
  return templatesOf(node).flatMap((template) => {
    const target = targetOf(node, template, parameters);
    const parsed = target && parseTemplate(template.text);
    if (!target || !parsed || "problem" in parsed || !parsed.whole) return [];
    const problem = wholeProblem(parsed.whole, target, { types, reader: { node: node.id, inside: template.inside } });
    return problem ? [{ field: fieldOf(template.path), ...problem }] : [];
  });
}

function parametersOf(node: CallNode, connectors: ReadonlyMap<string, ConnectorDraft>): Parameter[] {
  const connector = connectors.get(node.connector);
  const endpoint = connector?.endpoints.find(({ key }) => key === node.endpoint);
  if (!endpoint) return [];
  const action = node.action === undefined ? undefined : connector?.actions?.find(({ key }) => key === node.action);
  return action ? actionParameters(action, endpoint) : endpoint.parameters;
}

function targetOf(node: FlowNode, { path }: NodeTemplate, parameters: Parameter[]): Target | null {
  const [field, key] = path;
  const own = (name: string, ...types: string[]): Target => ({ name, types, required: true, loose: false });
  if (node.kind === "call") {
    const parameter = parameters.find((each) => each.key === key);
    return parameter ? inputTarget(parameter, path.slice(2)) : null;
  }
  if (node.kind === "delay") return field === "until" ? own("the time", "string", "number") : own("the delay", "number");
  if (node.kind === "for-each" && field === "items" && path.length === 1) return own("the list", "array");
  if (field === "deadlineMs") return own("the deadline", "number");
  if (node.kind === "key-value" && field === "by") return own("the number to add", "number");
  if ((node.kind === "key-value" || node.kind === "once") && field === "key") return { ...own("the key", "string"), loose: true };
  if (node.kind === "wait" && field === "correlation") return { ...own("the key", "string"), loose: true };
  if (node.kind === "http" && field === "body" && path.length === 1 && node.bodyType === "form") return own("the form", "object");
  return null;
}

/** `rest`: the place in its value, of which its schema may say something. */
function inputTarget(parameter: Parameter, rest: Path): Target | null {
  const { name, type, in: place, required, default: preset, file } = parameter;
  const isPreset = preset !== undefined && preset !== null;
  if (rest.length === 0) {
    const types = file ? [type, "string", "object"] : [type];
    return { name, types, required: required && !isPreset, loose: place !== "body" };
  }
  if (parameter.schema === undefined) return null;
  const found = schemaAt({ schema: asSchema(parameter.schema), origin: "declared", optional: false }, rest);
  const types = found.outcome === "found" ? typesIn(found.places) : null;
  return types && { name: writePath([parameter.key, ...rest]), types, required: false, loose: place !== "body" };
}

function wholeProblem(path: Path, target: Target, { types, reader }: { types: FlowTypes; reader: Reader }): TextProblem | null {
  const found = types.find(reader, path);
  if (!found || found.outcome === "absent") return null;
  const [root, id, field] = path;
  if (target.required && root === "steps" && typeof id === "string" && field === "output" && types.mayLack(reader, id))
    return optionalProblem(path, target, types.graph.nodes.get(id)?.name ?? id);
  return found.outcome === "found" ? mismatch(path, target, found.places) : null;
}

function optionalProblem(path: Path, { name }: Target, source: string): TextProblem {
  const written = jsonataPath(path);
  return {
    code: "optional_source",
    message: `"${name}" is required, but "${source}" may have been skipped or have failed when this step runs`,
    fix: `say what to take then, {{= $exists(${written}) ? ${written} : "…" }}, or put this step where "${source}" has always run`,
  };
}

function mismatch(path: Path, target: Target, places: Place[]): TextProblem | null {
  const given = typesIn(places)?.filter((type) => type !== "null") ?? null;
  if (given === null || given.length === 0) return null;
  const verdicts = given.map((type) => verdictOf(type, target, places));
  if (verdicts.includes("fits")) return null;
  const declared = places.every(({ origin }) => origin === "declared");
  const severity = declared && verdicts.every((verdict) => verdict === "never") ? "error" : "warning";
  const message = `"${target.name}" must be ${typeWords(target.types)}, but "${writePath(path)}" is ${typeWords(given)}`;
  return { code: "wrong_type", severity, message, ...fixOf(path, given, target) };
}

type Verdict = "fits" | "maybe" | "never";

/** As `buildRequest` has it: outside of a body scalars become text, in it the JSON type has to be the parameter's. */
function verdictOf(type: string, { types, loose }: Target, places: Place[]): Verdict {
  if (types.includes(type) || (type === "integer" && types.includes("number"))) return "fits";
  const isScalar = type !== "array" && type !== "object";
  if (!isScalar) return "never";
  if (loose) return "fits";
  const wantsScalar = types.some((each) => each !== "array" && each !== "object");
  if (!wantsScalar) return "never";
  if (type === "number" && types.includes("integer")) return "maybe";
  if (types.includes("string")) return "maybe";
  if (type === "string" && types.some((each) => each === "number" || each === "integer"))
    return isNeverNumber(places) ? "never" : "maybe";
  if (type === "string" && types.includes("boolean")) return "maybe";
  return "never";
}

/** A text of a known form that no number has, or one of a list of texts none of which is a number. */
function isNeverNumber(places: Place[]): boolean {
  return places.every(({ schema }) => {
    if (Array.isArray(schema.enum)) return schema.enum.every((value) => typeof value !== "string" || !isNumber(value));
    return typeof schema.format === "string" && ["date-time", "date", "uuid", "email", "uri"].includes(schema.format);
  });
}

function isNumber(text: Json): boolean {
  return typeof text === "string" && text.trim() !== "" && Number.isFinite(Number(text));
}

function fixOf(path: Path, given: string[], { types }: Target): { fix?: string } {
  const written = jsonataPath(path);
  if (given.includes("array") && !types.includes("array"))
    return { fix: `take one of its items, "${writePath([...path, 0])}", or use a for-each` };
  if (given.some((type) => type === "array" || type === "object")) return {};
  if (types.includes("string")) return { fix: `write {{= $string(${written}) }}` };
  if (types.includes("number") || types.includes("integer")) return { fix: `write {{= $number(${written}) }}` };
  if (types.includes("boolean")) return { fix: `write {{= ${written} = "true" }}` };
  return types.includes("array") ? { fix: `write {{= [${written}] }}` } : {};
}

/** As JSONata writes it: names that are no identifiers stand in backticks. */
function jsonataPath(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      const name = /^[A-Za-z_]\w*$/.test(key) ? key : `\`${key}\``;
      return index === 0 ? name : `.${name}`;
    })
    .join("");
}
