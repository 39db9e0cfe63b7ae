import { randomUUID } from "node:crypto";
import pg from "pg";
import type { RunStatus } from "../../../shared/run/run.ts";
import type { Bus, BusMessage } from "../bus.ts";
import { createMemoryBus } from "../memory-bus.ts";
import type { Database } from "./database.ts";

export type PostgresBus = Bus & {
  /** Tells the listeners of this process alone. */
  tellHere(message: BusMessage): void;
  close(): Promise<void>;
};

/**
 * Messages of this length of time travel together, in a statement of its own after the commits they speak of: NOTIFY takes one lock
 * for the whole database, which a commit that must be fast cannot wait for.
 */
const gatherMs = 5;
/** Postgres takes less than 8,000 bytes in one NOTIFY. */
const maxPayload = 7_900;
/** Beyond so many payloads at a time the rest is dropped: hints only, and everybody who waits looks for themselves as well. */
const maxPayloads = 32;
const reconnectMs = 500;
/** Runs that somebody listens to are looked at this often, whatever was heard of them. */
const lookMs = 2_000;

type BusDeps = { database: Database; url: string; schema: string };

/** The bus between processes: listeners here are told at once, those of the other processes a moment later, over LISTEN and NOTIFY. */
export async function openPostgresBus({ database, url, schema }: BusDeps): Promise<PostgresBus> {
  const here = createMemoryBus();
  const node = randomUUID();
  const channel = `${schema}_bus`;
  let gathered: Map<string, BusMessage> | null = null;
  let sending: Promise<void> = Promise.resolve();
  let listener: pg.Client | null = null;
  let closed = false;
  const watched = watchRuns(database, here);
  await listen();

  function publish(message: BusMessage): void {
    here.publish(message);
    if (closed) return;
    if (gathered === null) {
      gathered = new Map();
      setTimeout(() => {
        sending = sending.then(send);
      }, gatherMs).unref();
    }
    // Of several messages of one kind the newest says it all.
    const key = gatherKey(message);
    gathered.delete(key);
    gathered.set(key, message);
  }

  async function send(): Promise<void> {
    const messages = [...(gathered?.values() ?? [])];
    gathered = null;
    const payloads = pack(node, messages);
    if (payloads.length === 0) return;
    await database.query(`SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload`, [channel, payloads]).catch(() => {});
  }

  async function listen(): Promise<void> {
    if (closed) return;
    const client = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: 3_000,
      application_name: "patchbay bus",
    });
    listener = client;
    const again = once(() => {
      if (listener === client) listener = null;
      client.end().catch(() => {});
      if (!closed) setTimeout(() => void listen(), reconnectMs).unref();
    });
    client.on("error", again);
    client.on("end", again);
    client.on("notification", ({ payload }) => receive(payload ?? ""));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      // Something may have been said while nobody listened.
      here.publish({ topic: "wake" });
    } catch {
      again();
    }
  }

  function receive(payload: string): void {
    if (payload.startsWith(node)) return;
    for (const message of messagesIn(payload.slice(node.length))) here.publish(message);
  }

  return {
    publish,
    tellHere: here.publish,
    subscribe: here.subscribe,
    subscribeRun(run, onMessage) {
      const off = here.subscribeRun(run, onMessage);
      const unwatch = watched.watch(run);
      return () => {
        off();
        unwatch();
      };
    },
    async close() {
      closed = true;
      watched.close();
      await sending.then(send);
      await listener?.end().catch(() => {});
    },
  };
}

function gatherKey(message: BusMessage): string {
  switch (message.topic) {
    case "run":
      // New ones interest only lists, which look at their newest.
      return message.status === "queued" ? `queued ${message.flow}` : `run ${message.run}`;
    case "signal":
      return `signal ${message.run}`;
    case "event":
      return `event ${message.flow}`;
    case "refusal":
      return `refusal ${message.refusal.id}`;
    case "wake":
      return "wake";
  }
}

/** As many messages into each payload as fit, the newest payloads first to be kept. */
function pack(node: string, messages: BusMessage[]): string[] {
  const payloads: string[] = [];
  let texts: string[] = [];
  let size = 0;
  const finish = () => {
    if (texts.length > 0) payloads.push(`${node}[${texts.join(",")}]`);
    texts = [];
    size = 0;
  };
  for (const message of messages) {
    const text = JSON.stringify(message);
    const bytes = Buffer.byteLength(text) + 1;
    if (node.length + 2 + bytes > maxPayload) continue;
    if (node.length + 2 + size + bytes > maxPayload) finish();
    texts.push(text);
    size += bytes;
  }
  finish();
  return payloads.slice(-maxPayloads);
}

/** Everybody on the database may say something on the channel: what is not ours is not heard. */
function messagesIn(text: string): BusMessage[] {
  try {
    const messages: unknown = JSON.parse(text);
    return Array.isArray(messages) ? messages : [];
  } catch {
    return [];
  }
}

type RunRow = { run: string; workspace: string; flow: string; status: RunStatus; length: number; answered: number };

/** Looks at the runs that somebody here listens to, and tells of what has changed since the last look. */
function watchRuns(database: Database, bus: Bus): { watch(run: string): () => void; close(): void } {
  const watched = new Map<string, { listeners: number; seen: string }>();
  let looking = false;
  const timer = setInterval(() => void look(), lookMs).unref();

  async function look(): Promise<void> {
    if (looking || watched.size === 0) return;
    looking = true;
    try {
      const { rows } = await database.query<RunRow>(
        `SELECT id AS run, workspace_id AS workspace, flow_id AS flow, status, journal_length AS length, answer_entry IS NOT NULL AS answered
         FROM runs WHERE id = ANY ($1::text[])`,
        [[...watched.keys()]],
      );
      for (const row of rows) tell(row);
    } catch {
      // The database is away: the next look is in two seconds.
    } finally {
      looking = false;
    }
  }

  function tell(row: RunRow): void {
    const entry = watched.get(row.run);
    const seen = `${row.status} ${row.length} ${row.answered}`;
    if (!entry || entry.seen === seen) return;
    entry.seen = seen;
    bus.publish({ topic: "run", ...row, answered: row.answered === 1 });
  }

  return {
    watch(run) {
      const entry = watched.get(run) ?? { listeners: 0, seen: "" };
      entry.listeners += 1;
      watched.set(run, entry);
      return once(() => {
        entry.listeners -= 1;
        if (entry.listeners === 0 && watched.get(run) === entry) watched.delete(run);
      });
    },
    close: () => clearInterval(timer),
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
