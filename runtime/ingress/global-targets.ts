import type { EventFilter } from "../../shared/connector/trigger.ts";
import { type Path, parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import { parseBody } from "../events/parse-body.ts";
import type { Sql } from "../store/sql.ts";
import type { LoadedHook } from "./load-hook.ts";
import { valueText } from "./verify/item-texts.ts";

/** What an event is for: a hook's trigger in its flow. `flow` is empty where nobody wants it. */
export type Target = {
  hook: string;
  flow: string;
  node: string;
  filters: EventFilter[];
  inputs: Record<string, Json>;
  paused: boolean;
  version: string | null;
};

type Row = {
  hook: string;
  value: string;
  flow: string;
  node: string;
  filters: string;
  inputs: string;
  state: string;
  version: string | null;
};

/** A value that takes part in one read. */
const mostValues = 200;

export function targetOf({ id, flow, node, filters, inputs, paused, version }: LoadedHook): Target {
  return { hook: id, flow: flow?.id ?? "", node, filters, inputs, paused, version };
}

/**
 * Whom the events of a global URL are for, in the order of the bodies: the subscriptions of the value that the routing names. An event
 * that nobody wants is kept without a flow. Hooks and flows are read as one row each, as for other hooks.
 */
export async function globalTargets(sql: Sql, hook: LoadedHook, bodies: Uint8Array[]): Promise<Target[][]> {
  const path = parsePath(hook.routing ?? "");
  const values = bodies.map((body) => (path ? valueIn(body, path) : null));
  const byValue = await subscriptionsOf(sql, hook.id, [...new Set(values.filter((value) => value !== null))]);
  const nobody: Target = { hook: hook.id, flow: "", node: "", filters: [], inputs: {}, paused: false, version: null };
  return values.map((value) => (value === null ? undefined : byValue.get(value)) ?? [nobody]);
}

async function subscriptionsOf(sql: Sql, globalHook: string, values: string[]): Promise<Map<string, Target[]>> {
  const found = new Map<string, Target[]>();
  for (let start = 0; start < values.length; start += mostValues) {
    const some = values.slice(start, start + mostValues);
    const places = some.map((_, index) => `$${index + 2}`).join(", ");
    const rows = await sql.read<Row>(
      `SELECT h.id AS hook, h.route_value AS value, f.id AS flow, h.node, h.filters, h.inputs, f.state, f.published_version_id AS version
       FROM hooks h JOIN flows f ON f.id = h.flow_id
       WHERE h.global_hook_id = $1 AND h.route_value IN (${places}) AND h.wanted = 'on' ORDER BY h.created_at, h.id`,
      [globalHook, ...some],
    );
    for (const { value, state, filters, inputs, ...row } of rows) {
      const target = { ...row, filters: JSON.parse(filters), inputs: JSON.parse(inputs), paused: state === "paused" };
      found.set(value, [...(found.get(value) ?? []), target]);
    }
  }
  return found;
}

/** Null: it names nobody. */
function valueIn(body: Uint8Array, path: Path): string | null {
  const value = readPath(parseBody(body).value, path);
  if (typeof value === "string") return value === "" ? null : value;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number") return null;
  // One that JSON.parse has rounded may be another's: then what was written counts.
  return Number.isSafeInteger(value) ? String(value) : valueText(body, path);
}
