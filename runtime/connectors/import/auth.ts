import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { type FoundScheme, joined, schemeOf } from "./auth-scheme.ts";
import { follow, type JsonObject, listOf, objectOf } from "./json-object.ts";

/** `words`: what was recognised; `notes`: what was not, each with its reason; `taken`: the names of its schemes. */
export type FoundAuth = { auth: AuthScheme; words: string; notes: string[]; taken: ReadonlySet<string> };

/**
 * What calls prove themselves with: the first usable requirement of the document's `security`, else the one most operations name. A
 * requirement that names several schemes needs all of them.
 */
export function findAuth(
  document: JsonObject,
  operations: JsonObject[],
  place: { allowedHttpHosts: string[]; origin: string | null },
): FoundAuth {
  const declared = objectOf(objectOf(document.components).securitySchemes);
  const requirements = inOrder(document, operations);
  const schemes = new Map<string, FoundScheme>();
  const notes: string[] = [];
  for (const [name, value] of Object.entries(declared)) {
    const scopes = requirements.flatMap(({ scopes }) => scopes.get(name) ?? []);
    const scheme = schemeOf(follow(document, value), { scopes: [...new Set(scopes)], ...place });
    schemes.set(name, scheme);
    if ("problem" in scheme) notes.push(`the authentication "${name}" (${scheme.problem})`);
    else if (scheme.note !== undefined) notes.push(`the authentication "${name}": ${scheme.note}`);
  }
  const found = firstUsable(requirements, schemes);
  if (!found) return { auth: { kind: "none" }, words: "None", notes, taken: new Set() };
  const taken = new Set(found.taken);
  const others = new Set(requirements.flatMap(({ names }) => names).filter((name) => !taken.has(name)));
  for (const other of others) {
    const scheme = schemes.get(other);
    if (scheme && !("problem" in scheme))
      notes.push(`the authentication "${other}": a connector has one, and "${found.taken.join('" with "')}" was taken`);
  }
  return { auth: found.auth, words: found.words, notes: [...notes, ...found.notes], taken };
}

/** Names of the schemes that an operation may be called with, or null when it asks for none. */
export function schemesOf(document: JsonObject, operation: JsonObject): Set<string> | null {
  const security = listOf(operation.security ?? document.security).map(objectOf);
  if (security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0)) return null;
  return new Set(security.flatMap((requirement) => Object.keys(requirement)));
}

type Requirement = { names: string[]; scopes: Map<string, string[]> };

/** Each combination once: the document's own first, then by how many operations ask for it. */
function inOrder(document: JsonObject, operations: JsonObject[]): Requirement[] {
  const known = new Map<string, Requirement & { count: number }>();
  const add = (security: JsonObject[string] | undefined, count: number) => {
    for (const value of listOf(security)) {
      const entries = Object.entries(objectOf(value));
      if (entries.length === 0) continue;
      const names = entries.map(([name]) => name);
      const id = JSON.stringify(names.toSorted());
      const requirement = known.get(id) ?? { names, scopes: new Map(), count: 0 };
      requirement.count += count;
      for (const [name, scopes] of entries) {
        const texts = listOf(scopes).flatMap((scope) => (typeof scope === "string" ? [scope] : []));
        requirement.scopes.set(name, [...(requirement.scopes.get(name) ?? []), ...texts]);
      }
      known.set(id, requirement);
    }
  };
  add(document.security, 1_000_000);
  for (const { security } of operations) add(security, 1);
  return [...known.values()].toSorted((a, b) => b.count - a.count);
}

type Usable = { auth: AuthScheme; words: string; taken: string[]; notes: string[] };

function firstUsable(requirements: Requirement[], schemes: Map<string, FoundScheme>): Usable | null {
  let partly: Usable | null = null;
  for (const { names } of requirements) {
    const usable = names.flatMap((name) => {
      const scheme = schemes.get(name);
      return scheme && !("problem" in scheme) ? [{ name, ...scheme }] : [];
    });
    const [first] = usable;
    if (!first) continue;
    const whole = joined(usable);
    if (whole && usable.length === names.length) return { ...whole, taken: usable.map(({ name }) => name), notes: [] };
    const missing = names.filter((name) => name !== first.name).map((name) => `"${name}"`);
    partly ??= {
      auth: first.auth,
      words: first.words,
      taken: [first.name],
      notes: [`calls also need ${missing.join(" and ")}, which cannot go along with "${first.name}": add it by hand`],
    };
  }
  return partly;
}
