import { setTimeout as passed } from "node:timers/promises";
import { setRealTimer } from "../../runtime/engine/timer.ts";
import { createCodePool } from "../../runtime/expressions/code-pool.ts";
import { createJsonataPool } from "../../runtime/expressions/jsonata-pool.ts";
import { createIds } from "../../runtime/ids.ts";
import type { Outbound } from "../../runtime/outbound/call-endpoint.ts";
import { closedOutbound } from "../../runtime/outbound/closed-outbound.ts";
import { openSqlite } from "../../runtime/store/sqlite/open-sqlite.ts";
import { answerPeople } from "../../runtime/testing/answer-people.ts";
import { nameOf } from "../../runtime/testing/call-oracle.ts";
import { startLife } from "../../runtime/testing/engine-life.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";

/**
 * The engine in a process of its own, which others kill: `FILE WORLD`, the database and the URL of the world outside that counts. Prints "Ready."
 * when it works, and ends when no run is left.
 */
const [file = "", world = ""] = process.argv.slice(2);
const clock = Date.now;
const ids = createIds(clock);
const pair = openSqlite({ file, clock, ids });
const jsonata = createJsonataPool();
const code = createCodePool();

async function ask<T>(path: string, body: Json): Promise<T> {
  const response = await fetch(`${world}${path}`, { method: "POST", body: JSON.stringify(body) });
  return (await response.json()) as T;
}

const outbound: Outbound = {
  ...closedOutbound,
  admit: async () => ({ passed: "yes", permit: { at: clock(), goodUntil: clock() + 1_000 } }),
  call: ({ request, idempotency }) =>
    ask<CallOutcome>("/call", { body: request.body, url: request.url, key: idempotency?.key ?? null }),
};

const life = startLife({
  pair,
  clock,
  ids,
  jsonata,
  code,
  setTimer: setRealTimer,
  outbound,
  journaled(records) {
    const names = records.flatMap(({ entry, values }) =>
      entry.kind === "step-succeeded" && entry.call ? [nameOf(values.input ?? null)] : [],
    );
    if (names.length > 0) void ask("/journaled", names);
  },
  fault: (error) => process.stderr.write(`${String(error)}\n`),
  atPoint: () => null,
});
process.stdout.write("Ready.\n");
for (;;) {
  await passed(20);
  await answerPeople(pair, {
    performed: (request) => ask<boolean>("/performed", request),
    answerOf: (request) => ({ echo: nameOf(Object(request).body ?? null) }),
  });
  const [left] = await pair.sql.read(`SELECT 1 AS n FROM runs WHERE finished_at IS NULL LIMIT 1`);
  if (!left && life.worker.active === 0) break;
}
await life.worker.stop(0);
await Promise.all([jsonata.close(), code.close()]);
await pair.close();
process.exit(0);
