import { inText, parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import { compileOnce } from "./compile-once.ts";

const longestKey = 2_000;

/**
 * The text by which a value is compared as a key; null for what is none: missing, empty, longer than 2,000 characters, or with a NUL
 * character, which Postgres stores in no text. https://www.postgresql.org/docs/current/datatype-character.html
 */
export function correlationKey(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  const text = inText(value);
  return text === "" || text.length > longestKey || text.includes("\0") ? null : text;
}

/**
 * What the events of a trigger may resume: the values of their body at the paths of the version's waits. Undefined where none waits for
 * them; `body` is only asked for where one does.
 */
export function correlationsOf(
  version: RunnableVersion,
  trigger: string,
  body: () => Json,
): { path: string; key: string }[] | undefined {
  const paths = pathsOf(version).get(trigger);
  if (paths === undefined) return undefined;
  const value = body();
  return [...paths].flatMap((path) => {
    const parsed = parsePath(path);
    const key = correlationKey(parsed === null ? undefined : (readPath(value, parsed) as Json | undefined));
    return key === null ? [] : { path, key };
  });
}

/** The paths at which the version's waits look for their keys, by trigger: asked of each event, and none in most versions. */
const pathsOf = compileOnce(({ flow }: RunnableVersion) => {
  const paths = new Map<string, Set<string>>();
  for (const node of flow.nodes) {
    if (node.kind !== "wait" || !node.correlation) continue;
    const { trigger, path } = node.correlation;
    paths.set(trigger, (paths.get(trigger) ?? new Set()).add(path));
  }
  return paths;
});
