import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";

/** Three forms of one endpoint. `base`: as the file had it when it was taken last, null when nobody knows. */
export type EndpointForms = { base: Endpoint | null; ours: Endpoint; theirs: Endpoint };
/** `conflicts`: what the file and people both changed, in words; there `prefer` decided. */
export type MergedEndpoint = { endpoint: Endpoint; conflicts: string[] };

/** Whose word counts where both changed the same. */
export type Preference = "file" | "mine";

const words: Partial<Record<keyof Endpoint, string>> = {
  name: "its name",
  description: "its description",
  method: "its method",
  path: "its path",
  effect: "its effect",
  idempotencyHeader: "its idempotency header",
  body: "how its body is sent",
  pagination: "its pagination",
  responseSchema: "the schema of its answer",
};

/** Takes what the file changed and keeps what people changed. The key stays, so that flows and tests find the endpoint. */
export function mergeEndpoint({ base, ours, theirs }: EndpointForms, prefer: Preference): MergedEndpoint {
  const conflicts: string[] = [];
  const merged: Record<string, unknown> = { ...ours };
  for (const [field, word] of Object.entries(words) as [keyof Endpoint, string][]) {
    const chosen = choose([base?.[field], ours[field], theirs[field]], base !== null, prefer);
    if (chosen.conflict) conflicts.push(word);
    put(merged, field, chosen.value);
    // What is known of an answer goes together.
    if (field === "responseSchema" && !same(chosen.value, ours.responseSchema)) {
      put(merged, "responseOrigin", theirs.responseOrigin);
      put(merged, "responseSample", theirs.responseSample);
    }
  }
  put(merged, "imported", theirs.imported);
  merged.parameters = mergeParameters({ base, ours, theirs }, prefer, conflicts);
  // Only values of the same fields were exchanged.
  return { endpoint: merged as Endpoint, conflicts };
}

function mergeParameters({ base, ours, theirs }: EndpointForms, prefer: Preference, conflicts: string[]): Parameter[] {
  const known = byWire(base?.parameters ?? []);
  const newer = byWire(theirs.parameters);
  const own = byWire(ours.parameters);
  const kept = [...own].flatMap(([wire, mine]): Parameter[] => {
    const [before, after] = [known.get(wire), newer.get(wire)];
    if (after) return [mergeParameter([before, mine, after], prefer, conflicts)];
    // Added by hand, or the file has never had it.
    if (!before) return [mine];
    if (same(before, mine)) return [];
    conflicts.push(`the parameter "${mine.name}", which the file no longer has`);
    return prefer === "file" ? [] : [mine];
  });
  const taken = new Set(kept.map(({ key }) => key));
  for (const [wire, after] of newer) {
    if (own.has(wire)) continue;
    const before = known.get(wire);
    // Taken out by hand: it stays out, unless the file has come to need it.
    if (before && (same(before, after) || !(after.required && !before.required))) continue;
    if (before) {
      conflicts.push(`the parameter "${after.name}", which was removed and is required now`);
      if (prefer === "mine") continue;
    }
    const key = freeKey(after, taken);
    taken.add(key);
    kept.push(key === after.key ? after : { ...after, key, wireName: after.wireName ?? after.key });
  }
  return kept;
}

function mergeParameter(
  [before, mine, after]: [Parameter | undefined, Parameter, Parameter],
  prefer: Preference,
  conflicts: string[],
): Parameter {
  const merged: Record<string, unknown> = { ...mine };
  const fields = new Set([...Object.keys(mine), ...Object.keys(after)]) as Set<keyof Parameter>;
  let conflict = false;
  for (const field of fields) {
    // Steps of flows know it by its key; `in` and the name on the wire are what it was found by.
    if (field === "key" || field === "wireName" || field === "in") continue;
    // A file that says nothing of lists does not take away one that was made by hand.
    if (field === "link" && after.link === undefined && before?.link === undefined) continue;
    const chosen = choose([before?.[field], mine[field], after[field]], before !== undefined, prefer);
    conflict ||= chosen.conflict;
    put(merged, field, chosen.value);
  }
  if (conflict) conflicts.push(`the parameter "${mine.name}"`);
  return merged as Parameter;
}

/** Of `[base, ours, theirs]`. Without a base nobody knows who changed what. */
function choose(
  [before, mine, after]: [unknown, unknown, unknown],
  hasBase: boolean,
  prefer: Preference,
): { value: unknown; conflict: boolean } {
  if (same(mine, after)) return { value: mine, conflict: false };
  if (hasBase && same(before, after)) return { value: mine, conflict: false };
  if (hasBase && same(before, mine)) return { value: after, conflict: false };
  return { value: prefer === "file" ? after : mine, conflict: true };
}

function put(target: Record<string, unknown>, field: string, value: unknown): void {
  if (value === undefined) delete target[field];
  else target[field] = value;
}

/** By what they are on the wire. */
function byWire(parameters: readonly Parameter[]): Map<string, Parameter> {
  return new Map(parameters.map((parameter) => [`${parameter.in} ${parameter.wireName ?? parameter.key}`, parameter]));
}

function freeKey({ key, in: place }: Parameter, taken: ReadonlySet<string>): string {
  let free = key;
  for (let count = 1; taken.has(free); count++) free = `${key.slice(0, 105)}_${place}${count === 1 ? "" : count}`;
  return free;
}

/** Whether two values of a document are the same, whatever the order of their fields; a field that is undefined is not there. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other))
    return (
      Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((item, at) => same(item, other[at]))
    );
  const [fields, others] = [one, other].map((value) => Object.entries(value).filter(([, inner]) => inner !== undefined));
  const theirs = new Map(others);
  return (
    fields?.length === others?.length && fields?.every(([key, value]) => theirs.has(key) && same(value, theirs.get(key))) === true
  );
}
