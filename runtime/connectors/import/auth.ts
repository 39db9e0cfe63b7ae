import { ApiKeyAuth, type AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { headerNameProblem } from "../../../shared/connector/header-name.ts";
import { follow, type JsonObject, listOf, objectOf } from "./json-object.ts";

/** `words`: what was recognised; `notes`: what was not, each with its reason. */
export type FoundAuth = { auth: AuthScheme; words: string; notes: string[] };

/** The scheme that calls prove themselves with: the first usable one of the document's `security`, else the one most operations name. */
export function findAuth(document: JsonObject, operations: JsonObject[]): FoundAuth {
  const schemes = objectOf(objectOf(document.components).securitySchemes);
  const notes: string[] = [];
  const usable = new Map<string, { auth: AuthScheme; words: string }>();
  for (const [name, value] of Object.entries(schemes)) {
    const scheme = schemeOf(follow(document, value));
    if ("problem" in scheme) notes.push(`the authentication "${name}" (${scheme.problem})`);
    else usable.set(name, scheme);
  }
  const global = namesIn(document.security);
  const counts = new Map<string, number>();
  for (const { security } of operations)
    for (const name of new Set(namesIn(security))) counts.set(name, (counts.get(name) ?? 0) + 1);
  const byUse = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const name = [...global, ...byUse].find((candidate) => usable.has(candidate));
  const found = name === undefined ? undefined : usable.get(name);
  for (const other of new Set([...global, ...byUse]))
    if (found && other !== name && usable.has(other))
      notes.push(`the authentication "${other}": a connector has one, and "${name}" was taken`);
  return found ? { ...found, notes } : { auth: { kind: "none" }, words: "None", notes };
}

function namesIn(security: unknown): string[] {
  return listOf(security as JsonObject[string]).flatMap((requirement) => Object.keys(objectOf(requirement)));
}

function schemeOf({ type, scheme, in: place, name }: JsonObject): { auth: AuthScheme; words: string } | { problem: string } {
  if (type === "http") {
    const kind = String(scheme).toLowerCase();
    if (kind === "bearer") return { auth: { kind }, words: "Bearer token" };
    if (kind === "basic") return { auth: { kind }, words: "Basic Auth" };
    return { problem: `HTTP ${String(scheme)} is not supported yet` };
  }
  if (type !== "apiKey") return { problem: `${String(type)} is not supported yet` };
  if (place !== "header" && place !== "query") return { problem: `an API key in a ${String(place)} is not supported yet` };
  const parsed = ApiKeyAuth.safeParse({ kind: "api-key", key: name, addTo: place });
  if (!parsed.success || (place === "header" && headerNameProblem(parsed.data.key) !== null))
    return { problem: `its key "${String(name).slice(0, 100)}" cannot be sent` };
  return { auth: parsed.data, words: `API key in the ${place === "query" ? "query parameter" : "header"} ${parsed.data.key}` };
}
