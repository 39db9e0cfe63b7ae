import type { IngestOutcome, NewEvent, NewRun } from "../engine-store.ts";
import type { Database, Query } from "./database.ts";
import type { Wakes } from "./wakes.ts";

export type IngestRequest = { event: NewEvent; runs: NewRun[] };

/** Requests of one key take part in different commits: one statement cannot settle the same row twice. */
export function dedupeKeyOf({ event }: IngestRequest): string | null {
  return event.dedupe && event.hook ? `${event.hook} ${event.dedupe.key}` : null;
}

/** Events, their dedupe keys, their runs and the wakes of these in one commit. */
export async function commitIngest(
  database: Database,
  wakes: Wakes,
  requests: IngestRequest[],
  now: number,
): Promise<IngestOutcome[]> {
  const accepted = await database.transaction(async (query) => {
    const ids = await insertEvents(query, requests, now);
    const runs = requests.flatMap(({ event, runs }) => (ids.has(event.id) ? runs : []));
    await wakes.insert(
      query,
      runs.map(({ id }) => ({ run: id, at: null, begun: false })),
    );
    return ids;
  });
  const duplicates = requests.filter(({ event }) => !accepted.has(event.id));
  // What is durable by now is accepted, whatever comes of this read: the senders of duplicates come again.
  const firsts = duplicates.length > 0 ? await firstOf(database, duplicates).catch(() => nothingFound) : nothingFound;
  return requests.map((request): IngestOutcome => {
    const { event, runs } = request;
    if (accepted.has(event.id)) return { outcome: "accepted", event: event.id, runs: runs.map(({ id }) => id) };
    const first = firsts.get(dedupeKeyOf(request) ?? "");
    // The key may have been purged in between: the sender comes again and is new then.
    if (!first) return { outcome: "unavailable", reason: "the first delivery of this key cannot be read" };
    return { outcome: "duplicate", event: first.event, runs: JSON.parse(first.runs ?? "[]") };
  });
}

// A key whose window is over counts as new. Keys are taken in order, so that two nodes never wait for each other.
const insertText = `
WITH input AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::bigint[], $13::text[], $14::bytea[])
  AS t (id, workspace_id, flow_id, hook_id, source, received_at, method, headers, query, content_type, dedupe_key, expires_at, runs, body)
), keys AS (
  INSERT INTO dedupe_keys (hook_id, key, event_id, expires_at)
  SELECT hook_id, dedupe_key, id, expires_at FROM input WHERE dedupe_key IS NOT NULL AND hook_id IS NOT NULL ORDER BY 1, 2
  ON CONFLICT (hook_id, key) DO UPDATE SET event_id = excluded.event_id, expires_at = excluded.expires_at
  WHERE dedupe_keys.expires_at <= $15
  RETURNING event_id
), accepted AS (
  INSERT INTO events (id, workspace_id, flow_id, hook_id, source, received_at, method, headers, query, content_type, dedupe_key, runs, body)
  SELECT id, workspace_id, flow_id, hook_id, source, received_at, method, headers, query, content_type, dedupe_key, runs, body
  FROM input WHERE dedupe_key IS NULL OR hook_id IS NULL OR id IN (SELECT event_id FROM keys)
  RETURNING id, workspace_id, flow_id, source, received_at
), started AS (
  INSERT INTO runs (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, status, wake_at, created_at)
  SELECT r.id, e.workspace_id, e.flow_id, r.flow_version_id, e.id, e.source, r.trigger_node, 'queued', e.received_at, e.received_at
  FROM unnest($16::text[], $17::text[], $18::text[], $19::text[]) AS r (id, event_id, flow_version_id, trigger_node)
  JOIN accepted e ON e.id = r.event_id
)
SELECT id FROM accepted`;

async function insertEvents(query: Query, requests: IngestRequest[], now: number): Promise<Set<string>> {
  const events = requests.map(({ event }) => event);
  const started = requests.flatMap(({ event, runs }) => runs.map((run) => ({ ...run, event: event.id })));
  const { rows } = await query<{ id: string }>(insertText, [
    events.map(({ id }) => id),
    events.map(({ workspace }) => workspace),
    events.map(({ flow }) => flow),
    events.map(({ hook }) => hook),
    events.map(({ source }) => source),
    events.map(({ receivedAt }) => receivedAt),
    events.map(({ method }) => method),
    events.map(({ headers }) => headers),
    events.map((event) => event.query),
    events.map(({ contentType }) => contentType),
    events.map(({ dedupe }) => dedupe?.key ?? null),
    events.map(({ dedupe }) => dedupe?.expiresAt ?? null),
    requests.map(({ runs }) => JSON.stringify(runs.map(({ id }) => id))),
    events.map(({ body }) => asBuffer(body)),
    now,
    started.map(({ id }) => id),
    started.map(({ event }) => event),
    started.map(({ flowVersion }) => flowVersion),
    started.map(({ trigger }) => trigger),
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** The driver takes arrays of bytes as buffers. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

type First = { event: string; runs: string | null };
const nothingFound: ReadonlyMap<string, First> = new Map();

/** The events that took these keys first; by key. */
async function firstOf(database: Database, requests: IngestRequest[]): Promise<Map<string, First>> {
  const { rows } = await database.query<First & { hook: string; key: string }>(
    `SELECT d.hook_id AS hook, d.key, d.event_id AS event, e.runs
     FROM unnest($1::text[], $2::text[]) AS t (hook_id, key) JOIN dedupe_keys d ON d.hook_id = t.hook_id AND d.key = t.key
     LEFT JOIN events e ON e.id = d.event_id`,
    [requests.map(({ event }) => event.hook), requests.map(({ event }) => event.dedupe?.key ?? null)],
  );
  return new Map(rows.map((row) => [`${row.hook} ${row.key}`, row]));
}
