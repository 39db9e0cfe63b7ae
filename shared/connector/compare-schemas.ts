import type { Json } from "../json.ts";
import { responseParameters } from "./response-parameters.ts";

/** One difference between what a specification declares of an answer and what came. `path`: as in `data[].id`. */
export type SchemaDifference =
  | { kind: "undeclared"; path: string; seen: string }
  | { kind: "absent"; path: string; declared: string }
  | { kind: "type"; path: string; declared: string; seen: string };

/** What of an answer's real shape (`seen`: inferred from samples) is not as it was declared. */
export function compareSchemas(declared: Json, seen: Json): SchemaDifference[] {
  return compared(responseParameters(declared), responseParameters(seen), "");
}

type Tree = ReturnType<typeof responseParameters>;

function compared(declared: Tree, seen: Tree, path: string): SchemaDifference[] {
  if (declared.type !== seen.type && declared.type !== "any" && seen.type !== "any" && !isWider(declared.type, seen.type))
    return [{ kind: "type", path: path || "response", declared: declared.type, seen: seen.type }];
  const known = new Map(declared.children.map((child) => [child.name, child]));
  const came = new Map(seen.children.map((child) => [child.name, child]));
  const undeclared = seen.children.flatMap((child): SchemaDifference[] => {
    const own = below(path, child.name);
    const old = known.get(child.name);
    // An object of which nothing is declared may hold anything.
    if (!old) return declared.children.length === 0 ? [] : [{ kind: "undeclared", path: own, seen: child.type }];
    return compared(old, child, own);
  });
  const absent = declared.children.flatMap((child): SchemaDifference[] =>
    came.has(child.name) || child.optional || seen.children.length === 0
      ? []
      : [{ kind: "absent", path: below(path, child.name), declared: child.type }],
  );
  return [...undeclared, ...absent];
}

/** Every integer is a number, and a null says nothing of the type. */
function isWider(declared: string, seen: string): boolean {
  return seen === "null" || declared === "null" || (declared === "number" && seen === "integer");
}

function below(path: string, name: string): string {
  return name === "[]" ? `${path}[]` : path === "" ? name : `${path}.${name}`;
}
