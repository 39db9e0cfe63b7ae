import { expect, it } from "vitest";
import type { Statement } from "../store/sql.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { clearLeftovers } from "./leftovers.ts";

const day = 86_400_000;

it("clears away what nobody can use any more, however much there is, and nothing else", async () => {
  const { pair, clock, close } = await openTestDatabase();
  const { sql } = pair;
  const now = clock();
  const rows: Statement[] = [];
  const add = (text: string, ...params: Statement["params"]) => void rows.push({ text, params });
  const addImport = (id: string, at: number) =>
    add("INSERT INTO imports (id, workspace_id, document, created_at) VALUES ($1, 'wsp_1', '{}', $2)", id, at);
  const addSession = (id: string, until: number) =>
    add(
      `INSERT INTO sessions (token_hash, user_id, workspace_id, created_at, last_used_at, expires_at) VALUES ($1, 'u', 'w', 1, 1, $2)`,
      id,
      until,
    );
  const addInvitation = (id: string, until: number) =>
    add(
      `INSERT INTO invitations (id, workspace_id, invited_by, token_hash, role, note, created_at, expires_at)
       VALUES ($1, 'w', 'u', $1, 'user', '', 1, $2)`,
      id,
      until,
    );
  const addRun = (id: string, finishedAt: number | null) =>
    add(
      `INSERT INTO runs (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, status, created_at, finished_at)
       VALUES ($1, 'w', 'f', 'v', 'e', 'manual', 's', 'running', 1, $2)`,
      id,
      finishedAt,
    );
  const addSignal = (id: string, run: string) =>
    add("INSERT INTO signals (id, run_id, signal, created_at) VALUES ($1, $2, '{}', 1)", id, run);
  for (let count = 0; count < 45; count++) addImport(`old ${count}`, now - day - 1);
  addImport("kept", now - day);
  const addPart = (id: string, part: number) =>
    add("INSERT INTO import_parts (import_id, part, text) VALUES ($1, $2, 'x')", id, part);
  for (let count = 0; count < 45; count++) for (const part of [0, 1]) addPart(`old ${count}`, part);
  addPart("kept", 0);
  for (let count = 0; count < 620; count++) addSession(`old ${count}`, now);
  addSession("kept", now + 1);
  addInvitation("old", now);
  addInvitation("kept", now + 1);
  addRun("over", now);
  addRun("on", null);
  addSignal("old", "over");
  addSignal("kept", "on");
  await sql.commit(rows);
  let purged = 0;
  const governor = { purge: async () => void purged++ };
  const duty = clearLeftovers({ sql, clock, governor });
  await duty.run(new AbortController().signal);
  const left = await Promise.all(
    [
      "imports WHERE id",
      "import_parts WHERE import_id",
      "sessions WHERE token_hash",
      "invitations WHERE id",
      "signals WHERE id",
    ].map((rows) =>
      sql.read<{ count: number; all: number }>(
        `SELECT count(*) AS count, (SELECT count(*) FROM ${rows.split(" ")[0]}) AS "all" FROM ${rows} = 'kept'`,
      ),
    ),
  );
  expect(left.flat()).toEqual(Array.from({ length: 5 }, () => ({ count: 1, all: 1 })));
  expect(purged).toBe(1);
  await close();
});
