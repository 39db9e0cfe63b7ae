import type { ConnectorDraft } from "./connector.ts";
import type { RateLimit } from "./rate-limit.ts";

/** `field`: a path within an edit of limits, e.g. `limits.1.group`. */
export type LimitProblem = { field: string; message: string };

/** The first thing that keeps these limits from being the draft's: a call must know which one it counts in, and none may be missed. */
export function limitsProblem(draft: ConnectorDraft, limits: RateLimit[]): LimitProblem | null {
  for (const [index, { group, windows }] of limits.entries()) {
    const before = limits.slice(0, index);
    if (before.some((other) => other.group === group))
      return {
        field: `limits.${index}.group`,
        message: group === undefined ? "another limit has no group either: name one" : `another limit has the group "${group}"`,
      };
    const twice = windows.findIndex(({ perMs }, at) => windows.findIndex((other) => other.perMs === perMs) < at);
    if (twice !== -1)
      return { field: `limits.${index}.windows.${twice}.perMs`, message: "another window of this limit is as long" };
  }
  const kept = new Set(limits.map(({ group }) => group));
  for (const { group } of draft.limits ?? []) {
    const user = group === undefined || kept.has(group) ? null : userOf(draft, group);
    if (user !== null) return { field: "limits", message: `${user} in the group "${group}": choose another limit there first` };
  }
  return null;
}

/** The words for a group that no limit of the draft has; null where it has one, or where none is named. */
export function limitGroupProblem({ limits = [] }: ConnectorDraft, group: string | undefined): string | null {
  if (group === undefined || limits.some((limit) => limit.group === group)) return null;
  return `no limit of the connector has the group "${group}"`;
}

function userOf({ auth, endpoints }: ConnectorDraft, group: string): string | null {
  const endpoint = endpoints.find(({ limitGroup }) => limitGroup === group);
  if (endpoint) return `calls of "${endpoint.name}" count`;
  return auth.kind === "token-exchange" && auth.limitGroup === group ? "the authentication counts" : null;
}
