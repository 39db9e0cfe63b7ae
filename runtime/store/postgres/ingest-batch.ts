import type { IngestAllOutcome, ItemOutcome, NewDelivery, NewEvent, NewRun } from "../engine-store.ts";
import type { Database, Query } from "./database.ts";
import { findWaits, resumeSteps } from "./waits.ts";
import type { Wakes } from "./wakes.ts";

type Item = { event: NewEvent; runs: NewRun[] };
/** What came in one request: one event, or several whose raw body is kept as `delivery`. */
export type IngestRequest = { delivery: NewDelivery | null; items: Item[] };

/** Requests with a key in common take part in different commits: one statement cannot settle the same row twice. */
export function dedupeKeysOf({ items }: IngestRequest): string[] {
  return items.flatMap(({ event }) => keyOf(event) ?? []);
}

type Deps = { database: Database; wakes: Wakes; ids: { next(prefix: string): string } };

/** Events, their dedupe keys, their runs and the wakes of these in one commit. */
export async function commitIngest(
  { database, wakes, ids }: Deps,
  requests: IngestRequest[],
  now: number,
): Promise<IngestAllOutcome[]> {
  const { items: asked, repeated } = withoutRepeats(requests);
  const { accepted, firsts, found } = await database.transaction(async (query) => {
    const all = asked.map(({ event }) => event);
    const found = await findWaits(query, all, now);
    const items = asked.map((item) => (found.has(item.event.id) ? { ...item, runs: [] } : item));
    const accepted = await insertEvents(query, items, { found, now });
    await resumeSteps(query, { wakes, ids }, { events: all.filter(({ id }) => accepted.has(id)), found, now });
    const runs = items.flatMap(({ event, runs }) => (accepted.has(event.id) ? runs : []));
    await wakes.insert(
      query,
      runs.map(({ id }) => ({ run: id, at: null, begun: false })),
    );
    await insertDeliveries(query, requests, accepted);
    const duplicates = [...all.filter(({ id }) => !accepted.has(id)), ...repeated];
    return { accepted, found, firsts: duplicates.length > 0 ? await countDuplicates(query, duplicates) : nothingFound };
  });
  return requests.map((request): IngestAllOutcome => {
    const outcomes = request.items.map(({ event, runs }): ItemOutcome => {
      const waits = accepted.has(event.id) ? found.get(event.id) : undefined;
      if (waits) return { outcome: "accepted", event: event.id, runs: runsOf(waits), resumed: true };
      if (accepted.has(event.id)) return { outcome: "accepted", event: event.id, runs: runs.map(({ id }) => id) };
      const first = firsts.get(keyOf(event) ?? "");
      return { outcome: "duplicate", event: first?.event ?? "", runs: JSON.parse(first?.runs ?? "[]") };
    });
    return { outcome: "stored", items: outcomes };
  });
}

function keyOf({ dedupe }: NewEvent): string | null {
  return dedupe && `${dedupe.scope} ${dedupe.key}`;
}

/** One request may hold one key twice. */
function withoutRepeats(requests: IngestRequest[]): { items: (Item & { batch: Batch | null })[]; repeated: NewEvent[] } {
  const keys = new Set<string>();
  const repeated: NewEvent[] = [];
  const items = requests.flatMap(({ delivery, items }) =>
    items.flatMap((item, index) => {
      const key = keyOf(item.event);
      if (key !== null && keys.has(key)) {
        repeated.push(item.event);
        return [];
      }
      if (key !== null) keys.add(key);
      return [{ ...item, batch: delivery && { id: delivery.id, item: index } }];
    }),
  );
  return { items, repeated };
}

type Batch = { id: string; item: number };

// A key whose window is over counts as new. Keys are taken in order, so that two nodes never wait for each other.
const insertText = `
WITH input AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::bigint[], $14::text[], $15::bytea[], $16::text[], $17::bigint[], $18::text[], $19::text[],
    $20::text[], $21::bigint[], $22::bigint[], $23::text[], $24::text[])
  AS t (id, workspace_id, flow_id, hook_id, source, received_at, method, headers, query, content_type, scope, dedupe_key, expires_at,
    runs, body, delivery_id, item, node, event_type, verified, held, filtered, replay_of, replayed_by)
), keys AS (
  INSERT INTO dedupe_keys (scope, key, event_id, expires_at)
  SELECT scope, dedupe_key, id, expires_at FROM input WHERE dedupe_key IS NOT NULL ORDER BY 1, 2
  ON CONFLICT (scope, key) DO UPDATE SET event_id = excluded.event_id, expires_at = excluded.expires_at
  WHERE dedupe_keys.expires_at <= $25
  RETURNING event_id
), accepted AS (
  INSERT INTO events (id, workspace_id, flow_id, hook_id, source, received_at, method, headers, query, content_type, dedupe_key, runs, body,
    delivery_id, item, node, event_type, verified, held, filtered, replay_of, replayed_by)
  SELECT id, workspace_id, flow_id, hook_id, source, received_at, method, headers, query, content_type, dedupe_key, runs, body,
    delivery_id, item, node, event_type, verified, held, filtered, replay_of, replayed_by
  FROM input WHERE dedupe_key IS NULL OR id IN (SELECT event_id FROM keys)
  RETURNING id, workspace_id, flow_id, source, received_at
), started AS (
  INSERT INTO runs (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, status, wake_at, created_at, depth)
  SELECT r.id, e.workspace_id, e.flow_id, r.flow_version_id, e.id, e.source, r.trigger_node, 'queued', e.received_at, e.received_at, r.depth
  FROM unnest($26::text[], $27::text[], $28::text[], $29::text[], $30::bigint[]) AS r (id, event_id, flow_version_id, trigger_node, depth)
  JOIN accepted e ON e.id = r.event_id
)
SELECT id FROM accepted`;

function runsOf(waits: { run: string }[]): string[] {
  return [...new Set(waits.map(({ run }) => run))];
}

type Found = Awaited<ReturnType<typeof findWaits>>;

async function insertEvents(
  query: Query,
  items: (Item & { batch: Batch | null })[],
  { found, now }: { found: Found; now: number },
): Promise<Set<string>> {
  const events = items.map(({ event }) => event);
  const started = items.flatMap(({ event, runs }) => runs.map((run) => ({ ...run, event: event.id })));
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
    events.map(({ dedupe }) => dedupe?.scope ?? null),
    events.map(({ dedupe }) => dedupe?.key ?? null),
    events.map(({ dedupe }) => dedupe?.expiresAt ?? null),
    items.map(({ event, runs }) => JSON.stringify([...runs.map(({ id }) => id), ...runsOf(found.get(event.id) ?? [])])),
    events.map(({ body }) => asBuffer(body)),
    items.map(({ batch }) => batch?.id ?? null),
    items.map(({ batch }) => batch?.item ?? null),
    events.map(({ node }) => node ?? null),
    events.map(({ eventType }) => eventType ?? null),
    events.map(({ verified }) => verified ?? null),
    events.map(({ held }) => (held ? 1 : 0)),
    events.map(({ filtered }) => (filtered ? 1 : 0)),
    events.map(({ replay }) => replay?.of ?? null),
    events.map(({ replay }) => replay?.by ?? null),
    now,
    started.map(({ id }) => id),
    started.map(({ event }) => event),
    started.map(({ flowVersion }) => flowVersion),
    started.map(({ trigger }) => trigger),
    started.map(({ depth }) => depth ?? 0),
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** A request that brings nothing new needs no place of its own. */
async function insertDeliveries(query: Query, requests: IngestRequest[], accepted: Set<string>): Promise<void> {
  const kept = requests.flatMap(({ delivery, items }) =>
    delivery && items.some(({ event }) => accepted.has(event.id)) ? [delivery] : [],
  );
  if (kept.length === 0) return;
  await query(
    `INSERT INTO deliveries (id, workspace_id, hook_id, received_at, body)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[])`,
    [
      kept.map(({ id }) => id),
      kept.map(({ workspace }) => workspace),
      kept.map(({ hook }) => hook),
      kept.map(({ receivedAt }) => receivedAt),
      kept.map(({ body }) => asBuffer(body)),
    ],
  );
}

/** The driver takes arrays of bytes as buffers. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

type First = { event: string; runs: string | null };
const nothingFound: ReadonlyMap<string, First> = new Map();

/**
 * The events that took these keys first, by key; each is told that it came again. Their keys cannot be purged meanwhile: the insert
 * that met them has locked them. The events are locked in order, so that two nodes never wait for each other.
 */
async function countDuplicates(query: Query, events: NewEvent[]): Promise<Map<string, First>> {
  const { rows } = await query<First & { scope: string; key: string }>(
    `WITH again AS (
       SELECT d.scope, d.key, d.event_id, count(*) AS times, max(t.at) AS at
       FROM unnest($1::text[], $2::text[], $3::bigint[]) AS t (scope, key, at)
       JOIN dedupe_keys d ON d.scope = t.scope AND d.key = t.key GROUP BY d.scope, d.key, d.event_id
     ), locked AS (
       SELECT id, runs FROM events WHERE id IN (SELECT event_id FROM again) ORDER BY id FOR UPDATE
     ), counted AS (
       UPDATE events SET duplicates = duplicates + again.times, last_duplicate_at = again.at
       FROM again, locked WHERE events.id = locked.id AND events.id = again.event_id
     )
     SELECT again.scope, again.key, again.event_id AS event, locked.runs FROM again LEFT JOIN locked ON locked.id = again.event_id`,
    [
      events.map(({ dedupe }) => dedupe?.scope ?? ""),
      events.map(({ dedupe }) => dedupe?.key ?? ""),
      events.map(({ receivedAt }) => receivedAt),
    ],
  );
  return new Map(rows.map((row) => [`${row.scope} ${row.key}`, row]));
}
