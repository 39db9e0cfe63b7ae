import type { ConnectionSummary } from "../../shared/api/connections.ts";
import type { InstalledConnector } from "../../shared/api/connector-versions.ts";
import type { NodeKind } from "../../shared/flow/node.ts";
import type { NodeChoice, PlainKind } from "./add-node.ts";

/** One line of the palette. */
export type PaletteEntry = {
  key: string;
  group: string;
  kind: NodeKind;
  name: string;
  description: string;
  /** At the right: the method of a call. */
  hint: string | null;
  choice: NodeChoice;
};

type Group = "Triggers" | "Logic" | "Data" | "Wait" | "Calls and answers";

const kindLines: readonly [Group, PlainKind, string, string][] = [
  ["Triggers", "webhook-trigger", "Webhook", "Starts the flow for each event that is posted to its hook URL"],
  ["Triggers", "manual-trigger", "Run now", "Starts the flow when a person asks for it: a manual trigger"],
  ["Triggers", "schedule-trigger", "Schedule", "Starts the flow at its times: every hour, each Monday at nine, by cron"],
  ["Triggers", "api-trigger", "API call", "Starts the flow for each call of its own API URL with a token"],
  ["Logic", "branch", "Branch", "Goes one of two ways: true or false, if and else"],
  ["Logic", "switch", "Switch", "Goes the way of the first case that holds"],
  ["Logic", "filter", "Filter", "Goes on only when its rule holds"],
  ["Logic", "for-each", "For each", "Runs the steps inside it once for each item of a list: a loop"],
  ["Logic", "try", "Try", "Runs the steps inside it, and catches a failure among them"],
  ["Logic", "once", "Once per key", "Tells the first time that a key is seen from every other: duplicates"],
  ["Logic", "stop", "Stop", "Ends the whole run, as succeeded or failed"],
  ["Data", "transform", "Transform", "Makes new data of what earlier steps gave"],
  ["Data", "code", "Code", "Runs JavaScript of your own on what earlier steps gave"],
  ["Data", "key-value", "Key-value store", "Reads, writes or counts up a value that outlives the run"],
  ["Wait", "delay", "Delay", "Waits for a while, or until a time"],
  ["Wait", "wait", "Wait for event", "Waits until its URL is called or a matching event comes"],
  ["Wait", "approval", "Approval", "Waits until a person approves or rejects, with a form if you like"],
  ["Calls and answers", "http", "HTTP request", "Calls any URL with a request of your own"],
  ["Calls and answers", "sub-flow", "Sub-flow", "Runs another flow of this workspace"],
  ["Calls and answers", "respond", "Respond", "Answers the sender of the webhook"],
];

/**
 * Everything that can be added: triggers, logic, then each action and endpoint of each installed connector. Nothing leads into a trigger: behind another
 * node they come last, and between two, or inside of a container, there are none.
 */
export function paletteEntries(
  connectors: readonly InstalledConnector[],
  connections: readonly Pick<ConnectionSummary, "id" | "connector">[],
  place: "free" | "behind" | "between" | "inside",
): PaletteEntry[] {
  const kinds = kindLines.map(
    ([group, kind, name, description]): PaletteEntry => ({
      key: kind,
      group,
      kind,
      name,
      description,
      hint: null,
      choice: { kind },
    }),
  );
  const calls = connectors.flatMap((connector) => {
    const own = connections.filter((connection) => connection.connector.key === connector.key);
    // With one connection there is nothing to choose.
    const connection = own.length === 1 ? (own[0]?.id ?? null) : null;
    const triggers = connector.triggers.map(
      (trigger): PaletteEntry => ({
        key: `${connector.key} trigger ${trigger.key}`,
        group: connector.name,
        kind: "app-trigger",
        name: trigger.name,
        description: trigger.description || `Starts the flow for each event of ${connector.name}`,
        hint: "Trigger",
        choice: { kind: "app-trigger", connector: connector.key, trigger: trigger.key, name: trigger.name, connection },
      }),
    );
    const actions = connector.actions.map(
      (action): PaletteEntry => ({
        key: `${connector.key} action ${action.key}`,
        group: connector.name,
        kind: "call",
        name: action.name,
        description: action.description || `Calls ${nameOf(connector, action.endpoint)}`,
        hint: categoryWords[action.category],
        choice: {
          kind: "call",
          connector: connector.key,
          endpoint: action.endpoint,
          action: action.key,
          name: action.name,
          connection,
        },
      }),
    );
    const endpoints = connector.endpoints.map(
      (endpoint): PaletteEntry => ({
        key: `${connector.key} ${endpoint.key}`,
        group: connector.name,
        kind: "call",
        name: endpoint.name,
        description: endpoint.description ?? endpoint.path,
        hint: endpoint.method,
        choice: { kind: "call", connector: connector.key, endpoint: endpoint.key, name: endpoint.name, connection },
      }),
    );
    return [...triggers, ...actions, ...endpoints];
  });
  const isTrigger = ({ kind }: PaletteEntry) => kind.endsWith("trigger");
  if (place === "free") return [...kinds, ...calls];
  const all = [...kinds, ...calls];
  const steps = all.filter((entry) => !isTrigger(entry));
  if (place === "inside") return steps;
  // Nothing leads on from a stop.
  return place === "between" ? steps.filter(({ kind }) => kind !== "stop") : [...steps, ...all.filter(isTrigger)];
}

function nameOf({ endpoints }: InstalledConnector, endpoint: string): string {
  return endpoints.find(({ key }) => key === endpoint)?.name ?? "one endpoint";
}

const categoryWords = { retrieve: "Retrieve", enrich: "Enrich", connect: "Connect" } as const;

/** Entries in which every word of the query occurs, those whose name begins with it first. */
export function searchEntries(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...entries];
  return entries
    .map((entry) => ({ entry, rank: rankOf(entry, words) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((one, other) => other.rank - one.rank)
    .map(({ entry }) => entry);
}

function rankOf(entry: PaletteEntry, words: readonly string[]): number {
  const name = entry.name.toLowerCase();
  const all = `${name} ${entry.group} ${entry.description} ${entry.hint ?? ""}`.toLowerCase();
  if (!words.every((word) => all.includes(word))) return 0;
  const first = words[0] ?? "";
  if (name.startsWith(first)) return 4;
  if (name.split(/\W+/).some((part) => part.startsWith(first))) return 3;
  return name.includes(first) ? 2 : 1;
}

/** Entries by group, in the order in which the groups first appear. */
export function byGroup(entries: readonly PaletteEntry[]): [group: string, entries: PaletteEntry[]][] {
  const groups = new Map<string, PaletteEntry[]>();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  return [...groups];
}
