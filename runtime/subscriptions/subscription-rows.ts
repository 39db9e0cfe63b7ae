import type { SubscriptionState } from "../../shared/event/subscription.ts";
import type { Json } from "../../shared/json.ts";
import type { Sql, SqlValue, Statement } from "../store/sql.ts";

/** A RESThook as its row says it. */
export type Subscription = {
  id: string;
  workspace: string;
  flow: string;
  node: string;
  connectorVersion: string;
  webhook: string;
  connection: string | null;
  inputs: Record<string, Json>;
  wanted: "on" | "off";
  state: SubscriptionState;
  secrets: string | null;
  verifyToken: string | null;
  /** The provider's id of what is live there, as far as we know. */
  remoteId: string | null;
  /** Ids that are to be unsubscribed still. */
  leaving: string[];
  /** What the provider was told, see `settled.ts`. */
  settled: string | null;
  expiresAt: number | null;
  /** When it is to be renewed. */
  renewAt: number | null;
  /** Faults in a row. */
  attempts: number;
  /** Rises with every change, whoever makes it. */
  revision: number;
  /** Marks our turn: a write counts only while the row still has it. */
  lease: number;
};

type Row = Omit<Subscription, "inputs" | "leaving" | "lease"> & { inputs: string; leaving: string };

const columns = `id, workspace_id AS workspace, flow_id AS flow, node, connector_version_id AS "connectorVersion", webhook,
  connection_id AS connection, inputs, wanted, state, secrets, verify_token AS "verifyToken", remote_id AS "remoteId", leaving, settled,
  expires_at AS "expiresAt", renew_at AS "renewAt", attempts, revision`;

/** Ids of the RESThooks that are due and that nobody is at. */
export async function dueSubscriptions(sql: Sql, now: number, limit: number): Promise<string[]> {
  const rows = await sql.read<{ id: string }>(
    `SELECT id FROM hooks WHERE kind = 'resthook' AND next_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
     ORDER BY next_at LIMIT $2`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}

/** Takes a RESThook for oneself until `until`; null when another is at it or it is not due any more. */
export async function takeSubscription(sql: Sql, id: string, now: number, until: number): Promise<Subscription | null> {
  const taken = await sql.commit([
    {
      text: `UPDATE hooks SET lease_until = $1 WHERE id = $2 AND next_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)`,
      params: [until, id, now],
      expectRows: 1,
    },
  ]);
  if (taken.outcome !== "committed") return null;
  const [row] = await sql.read<Row>(`SELECT ${columns} FROM hooks WHERE id = $1 AND lease_until = $2`, [id, until]);
  if (!row) return null;
  return {
    ...row,
    inputs: JSON.parse(row.inputs),
    leaving: JSON.parse(row.leaving),
    expiresAt: numberOrNull(row.expiresAt),
    renewAt: numberOrNull(row.renewAt),
    attempts: Number(row.attempts),
    revision: Number(row.revision),
    lease: until,
  };
}

/** What may be written of it; left out: it stays. `nextAt` null: there is nothing to do until something changes. */
export type Change = {
  state?: SubscriptionState;
  reason?: string | null;
  remoteId?: string | null;
  leaving?: string[];
  settled?: string | null;
  expiresAt?: number | null;
  renewAt?: number | null;
  attempts?: number;
  secrets?: string | null;
  secretSetAt?: number;
  verifyToken?: string;
  nextAt?: number | null;
};

const columnOf = {
  state: "state",
  reason: "reason",
  remoteId: "remote_id",
  leaving: "leaving",
  settled: "settled",
  expiresAt: "expires_at",
  renewAt: "renew_at",
  attempts: "attempts",
  secrets: "secrets",
  secretSetAt: "secret_set_at",
  verifyToken: "verify_token",
} as const;

/**
 * To be committed: a change of a RESThook that is ours, and, unless `keep`, the end of our turn. One that somebody else has changed
 * meanwhile (its flow was deleted or published again, its secret came) is looked after at once.
 */
export function changing(subscription: Subscription, { nextAt, ...change }: Change, { keep }: { keep: boolean }): Statement {
  const { id, lease, revision } = subscription;
  const params: SqlValue[] = [id, lease];
  const at = (value: SqlValue) => `$${params.push(value)}`;
  const sets = ["revision = revision + 1"];
  for (const [key, column] of Object.entries(columnOf)) {
    const value = change[key as keyof typeof columnOf];
    if (value === undefined) continue;
    sets.push(`${column} = ${at(Array.isArray(value) ? JSON.stringify(value) : value)}`);
  }
  if (nextAt !== undefined)
    sets.push(`next_at = CASE WHEN revision = ${at(revision)} THEN CAST(${at(nextAt)} AS BIGINT) ELSE 0 END`);
  if (!keep) sets.push("lease_until = NULL");
  return {
    text: `UPDATE hooks SET ${sets.join(", ")} WHERE id = $1 AND lease_until = $2`,
    params,
    expectRows: 1,
  };
}

function numberOrNull(value: number | null): number | null {
  return value === null ? null : Number(value);
}
