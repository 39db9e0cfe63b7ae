import { parseTemplate } from "../flow/expression.ts";
import { checkJsonata } from "../flow/jsonata.ts";
import type { Json } from "../json.ts";

/**
 * What templates of a value may name: by root, the names below it, or null when anything may follow. `expressions`: whether
 * `{{= … }}` is resolved there.
 */
export type TemplateRoots = { roots: ReadonlyMap<string, ReadonlySet<string> | null>; expressions: boolean };
/** `field`: a path within the value, "" when it is the value itself. */
export type TemplateFault = { field: string; message: string };

/** The first template inside a value that cannot be read, or that names what is not there; null when all can be resolved. */
export function templateFault(value: Json, known: TemplateRoots, field = ""): TemplateFault | null {
  if (typeof value === "string") {
    const message = textFault(value, known);
    return message === null ? null : { field, message };
  }
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const fault = templateFault(inner, known, field === "" ? key : `${field}.${key}`);
    if (fault) return fault;
  }
  return null;
}

function textFault(text: string, { roots, expressions }: TemplateRoots): string | null {
  if (!text.includes("{{")) return null;
  const template = parseTemplate(text);
  if ("problem" in template) return template.problem;
  if (template.jsonata !== undefined) {
    if (!expressions) return "an expression {{= … }} is not resolved here: use {{paths}} only";
    return expressionFault(template.jsonata, [...roots.keys()]);
  }
  for (const part of template.parts) {
    if (!("path" in part)) continue;
    const [root, name] = part.path;
    const below = typeof root === "string" ? roots.get(root) : undefined;
    if (below === undefined) return `"${part.source}" must start with ${listed([...roots.keys()])}`;
    if (below !== null && (typeof name !== "string" || !below.has(name)))
      return below.size === 0
        ? `"${part.source}" names nothing that is there`
        : `"${part.source}" names nothing that is there: it may be ${listed([...below].map((each) => `${root}.${each}`))}`;
  }
  return null;
}

function expressionFault(source: string, roots: string[]): string | null {
  const checked = checkJsonata(source);
  if ("problem" in checked) return `${checked.problem} (at character ${checked.position})`;
  for (const root of checked.roots) {
    const name = root.root === "unknown" ? root.name : root.root === "step" ? "steps" : root.root === "all" ? null : root.root;
    if (name !== null && !roots.includes(name)) return `"${name}" is not known here: start with ${listed(roots)}`;
  }
  return null;
}

function listed(names: string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}
