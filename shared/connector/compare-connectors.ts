import type { Json } from "../json.ts";
import { compareEndpoints } from "./compare-endpoints.ts";
import { compareSchemas } from "./compare-schemas.ts";
import type { ConnectorDraft } from "./connector.ts";

/** What became of one endpoint, action, incoming webhook or trigger between two versions. */
export type PartChange = {
  part: "endpoint" | "action" | "webhook" | "trigger";
  key: string;
  name: string;
  change: "added" | "changed" | "removed";
  details: string[];
  breaking: string[];
};
export type ConnectorChanges = { parts: PartChange[]; signIn: string[] };

/** What a newer version of a connector adds, changes and removes, seen by who uses the older one. */
export function compareConnectors(before: ConnectorDraft, after: ConnectorDraft): ConnectorChanges {
  const signIn = [
    ...(before.baseUrl === after.baseUrl ? [] : [`the base URL is ${after.baseUrl} now`]),
    ...(JSON.stringify(before.auth) === JSON.stringify(after.auth) ? [] : ["the authentication changed"]),
  ];
  return {
    parts: [
      ...endpointChanges(before, after),
      ...actionChanges(before, after),
      ...webhookChanges(before, after),
      ...triggerChanges(before, after),
    ],
    signIn,
  };
}

function endpointChanges(before: ConnectorDraft, after: ConnectorDraft): PartChange[] {
  return paired(before.endpoints, after.endpoints).flatMap(({ key, old, now }): PartChange[] => {
    const common = { part: "endpoint", key, name: (now ?? old)?.name ?? key } as const;
    if (!old) return [{ ...common, change: "added", details: [], breaking: [] }];
    if (!now) return [{ ...common, change: "removed", details: [], breaking: ["it is gone"] }];
    const { details, breaking } = compareEndpoints(old, now);
    return details.length + breaking.length > 0 ? [{ ...common, change: "changed", details, breaking }] : [];
  });
}

function actionChanges(before: ConnectorDraft, after: ConnectorDraft): PartChange[] {
  return paired(before.actions ?? [], after.actions ?? []).flatMap(({ key, old, now }): PartChange[] => {
    const common = { part: "action", key, name: (now ?? old)?.name ?? key } as const;
    if (!old) return [{ ...common, change: "added", details: [], breaking: [] }];
    if (!now) return [{ ...common, change: "removed", details: [], breaking: ["it is gone"] }];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    const breaking = [
      ...(old.endpoint === now.endpoint ? [] : ["it calls another endpoint"]),
      ...(old.output ?? []).flatMap(({ name }) =>
        now.output === undefined || now.output.some((field) => field.name === name) ? [] : [`its output no longer has "${name}"`],
      ),
      ...old.inputs.flatMap(({ parameter }) =>
        now.inputs.some((input) => input.parameter === parameter) ? [] : [`its input "${parameter}" is gone`],
      ),
    ];
    return [{ ...common, change: "changed", details: breaking.length > 0 ? [] : ["its settings changed"], breaking }];
  });
}

function webhookChanges(before: ConnectorDraft, after: ConnectorDraft): PartChange[] {
  return paired(before.incomingWebhooks, after.incomingWebhooks).flatMap(({ key, old, now }): PartChange[] => {
    const common = { part: "webhook", key, name: (now ?? old)?.name ?? key } as const;
    if (!old) return [{ ...common, change: "added", details: [], breaking: [] }];
    if (!now) return [{ ...common, change: "removed", details: [], breaking: ["it is gone"] }];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    const differs = (field: "recipe" | "resthook" | "challenges") => JSON.stringify(old[field]) !== JSON.stringify(now[field]);
    const details = [
      ...(differs("recipe") ? ["its signature is checked in another way"] : []),
      ...(differs("challenges") ? ["its URL validation changed"] : []),
      ...(differs("resthook") ? ["it is subscribed in another way"] : []),
    ];
    const breaking = old.kind === now.kind ? [] : ["it is of another type: its URL must be set up again"];
    return [
      {
        ...common,
        change: "changed",
        details: details.length + breaking.length > 0 ? details : ["its settings changed"],
        breaking,
      },
    ];
  });
}

function triggerChanges(before: ConnectorDraft, after: ConnectorDraft): PartChange[] {
  return paired(before.triggers ?? [], after.triggers ?? []).flatMap(({ key, old, now }): PartChange[] => {
    const common = { part: "trigger", key, name: (now ?? old)?.name ?? key } as const;
    if (!old) return [{ ...common, change: "added", details: [], breaking: [] }];
    if (!now) return [{ ...common, change: "removed", details: [], breaking: ["it is gone"] }];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    const asked = now.form.filter(
      ({ key: field, required, default: preset }) =>
        required && preset === undefined && !old.form.some((known) => known.key === field && known.required),
    );
    const breaking = [
      ...old.form.flatMap(({ key: field, name }) =>
        now.form.some((known) => known.key === field) ? [] : [`its field "${name}" is gone`],
      ),
      ...asked.map(({ name }) => `its field "${name}" is required now`),
      ...(old.source.kind === now.source.kind ? [] : [now.source.kind === "poll" ? "it polls now" : "its events are pushed now"]),
      ...schemaBreaks(old.outputSchema, now.outputSchema),
    ];
    return [{ ...common, change: "changed", details: breaking.length > 0 ? [] : ["its settings changed"], breaking }];
  });
}

function schemaBreaks(old: Json | undefined, now: Json | undefined): string[] {
  if (old === undefined || now === undefined) return [];
  return compareSchemas(old, now).flatMap((difference) => {
    if (difference.kind === "absent") return [`its output no longer has "${difference.path}"`];
    return difference.kind === "type" ? [`"${difference.path}" of its output is ${difference.seen} now`] : [];
  });
}

type Keyed = { key: string };

/** By key: those of the older list in its order, then what is new. */
function paired<Part extends Keyed>(before: readonly Part[], after: readonly Part[]) {
  const now = new Map(after.map((part) => [part.key, part]));
  const old = new Map(before.map((part) => [part.key, part]));
  const keys = [...old.keys(), ...[...now.keys()].filter((key) => !old.has(key))];
  return keys.map((key) => ({ key, old: old.get(key), now: now.get(key) }));
}
