import { setImmediate as nextTurn } from "node:timers/promises";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import { closedOutbound } from "../outbound/closed-outbound.ts";
import type { JournalRecord } from "../store/engine-store.ts";

/** What came to the world outside under one name, which each call has for itself. */
export type Sent = { times: number; keys: Set<string>; unsafe: boolean };

export type Taken = { body: Json; url: string; key: string | null };

/** The world outside, which counts: whatever the engine forgets in a crash, this does not. */
export type CallOracle = {
  outbound: Outbound;
  sent: Map<string, Sent>;
  /** Takes one call; answers what it comes to. */
  take(call: Taken): Promise<CallOutcome>;
  /** Told of the calls whose results are durable. */
  settled(names: string[]): void;
  /** Told of records that are durable. */
  journaled(records: JournalRecord[]): void;
  /** Calls whose names begin so and that are `broken` go well from now on. */
  mend(prefix: string): void;
  /** Somebody asks for calls whose names begin so once more: from now on they are others. */
  anew(prefix: string): void;
  /** Calls that came after the journal held what they came to. */
  repeated: string[];
  /** Faults that workers have reported. */
  faults: unknown[];
  /** Did the call with this request come at least once? */
  performed(request: Json): boolean;
  /** What a call with this request gives when it goes well. */
  answerOf(request: Json): Json;
};

const endpoint = (key: string, more: Partial<Endpoint> = {}): Endpoint => ({
  key,
  name: key,
  method: "POST",
  path: `/${key}`,
  parameters: [
    { key: "name", name: "Name", in: "body", type: "string", required: true },
    { key: "mode", name: "Mode", in: "body", type: "string", required: false },
  ],
  ...more,
});

/** An endpoint of each effect. `name` must be a call's own; `mode`: `flaky` fails the first time, `reject` always, `broken` until it is mended. */
export const crashConnector: Connector = {
  schemaVersion: 1,
  key: "world",
  name: "World",
  description: "",
  baseUrl: "https://world.example",
  auth: { kind: "none" },
  endpoints: [
    endpoint("read", { effect: "read" }),
    endpoint("idempotent", { effect: "idempotent" }),
    endpoint("unsafe"),
    endpoint("keyed", { idempotencyHeader: "Idempotency-Key" }),
  ],
  incomingWebhooks: [],
};

export function createCallOracle(clock: () => number): CallOracle {
  const sent = new Map<string, Sent>();
  const settled = new Set<string>();
  const repeated: string[] = [];
  const mended: string[] = [];
  const asked: string[] = [];

  /** The name, with a stroke for each time that it was asked for once more. */
  function nameNow(body: Json): string {
    const name = nameOf(body);
    return name + "'".repeat(asked.filter((prefix) => name.startsWith(prefix)).length);
  }

  async function take({ body, url, key }: Taken): Promise<CallOutcome> {
    const name = nameNow(body);
    const known = sent.get(name) ?? { times: 0, keys: new Set(), unsafe: url.endsWith("/unsafe") };
    sent.set(name, known);
    known.times += 1;
    if (key !== null) known.keys.add(key);
    if (settled.has(name)) repeated.push(name);
    const { mode } = Object(body) as { mode?: string };
    const first = known.times === 1;
    // The answer comes in another turn, as it does over a network.
    await nextTurn();
    const answer = { headers: {}, body: { echo: nameOf(body) }, durationMs: 1 };
    const isBroken = mode === "broken" && !mended.some((prefix) => name.startsWith(prefix));
    if (mode === "reject" || isBroken) return { outcome: "rejected", status: 422, message: "no", ...answer };
    if (mode === "flaky" && first)
      return { outcome: "server-error", status: 503, message: "busy", retryAfterMs: null, ...answer };
    return { outcome: "succeeded", status: 200, ...answer };
  }

  return {
    sent,
    repeated,
    faults: [],
    journaled(records) {
      for (const { entry, values } of records)
        if (entry.kind === "step-succeeded" && entry.call) settled.add(nameNow(values.input ?? null));
    },
    answerOf: (request) => ({ echo: nameOf(Object(request).body ?? null) }),
    performed: (request) => sent.has(nameNow(Object(request).body ?? null)),
    mend: (prefix) => void mended.push(prefix),
    anew: (prefix) => void asked.push(prefix),
    take,
    settled: (names) => {
      for (const name of names) settled.add(name);
    },
    outbound: {
      ...closedOutbound,
      admit: async () => ({ passed: "yes", permit: { at: clock(), goodUntil: clock() + 1_000 } }),
      call: ({ request, idempotency }) => take({ body: request.body, url: request.url, key: idempotency?.key ?? null }),
    },
  };
}

export function nameOf(body: Json): string {
  return String((Object(body) as { name?: Json }).name ?? "");
}
