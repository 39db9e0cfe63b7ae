import { AppError } from "../../shared/app-error.ts";
import type { Json } from "../../shared/json.ts";
import type { Sql, Statement } from "../store/sql.ts";

/** Where a key belongs: `scope` is the id of a flow, or that of the workspace. */
export type KeyPlace = { workspace: string; scope: string; key: string };
/** The step that asks: its run, and its key there. What one step changes is changed once. */
export type Asker = { run: string; step: string };

export type KeyValue = { value: Json; found: boolean };
export type KeyChange = { change: "put"; value: Json } | { change: "delete" } | { change: "increment"; by: number };
/** The value before and after; null where there is none, for which `found` tells of the one before. */
export type Changed = { outcome: "changed"; before: Json; after: Json; found: boolean } | { outcome: "no-number" };

/** Values and keys that outlive runs. Every method may be called again by the same step after a crash, and does nothing twice. */
export type KeyValues = {
  get(place: KeyPlace): Promise<KeyValue>;
  /** `no-number`: what is there cannot be counted on. */
  change(place: KeyPlace, asker: Asker, change: KeyChange): Promise<Changed>;
  /** Is this the step that saw the key first within the window (ms)? */
  first(place: KeyPlace, asker: Asker, windowMs: number): Promise<boolean>;
  /** Deletes keys whose window is over, a few hundred at a time. Gives how many. */
  purge(): Promise<number>;
};

type Deps = { sql: Sql; clock: () => number };
/** Several runs may change one key at a time: each looks again at what another has left. */
const mostTries = 50;

export function createKeyValues({ sql, clock }: Deps): KeyValues {
  async function read({ scope, key }: KeyPlace): Promise<string | null> {
    const [row] = await sql.read<{ text: string }>(`SELECT value_text AS text FROM key_values WHERE scope = $1 AND key = $2`, [
      scope,
      key,
    ]);
    return row?.text ?? null;
  }

  async function change(place: KeyPlace, asker: Asker, wanted: KeyChange): Promise<Changed> {
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      const [done] = await sql.read<{ before: string | null; after: string | null }>(
        `SELECT before_text AS before, after_text AS after FROM key_value_changes WHERE run_id = $1 AND step = $2`,
        [asker.run, asker.step],
      );
      if (done) return given(done);
      const before = await read(place);
      const after = next(before, wanted);
      if (after === "no-number") return { outcome: "no-number" };
      const noted = {
        text: `INSERT INTO key_value_changes (run_id, step, before_text, after_text) VALUES ($1, $2, $3, $4)`,
        params: [asker.run, asker.step, before, after],
      };
      // A miss means that another step, or another holder of this one, was here meanwhile.
      const outcome = await sql.commit([...swap(place, before, after, clock()), noted]);
      if (outcome.outcome === "committed") return given({ before, after });
    }
    throw new AppError("unavailable", `the key "${place.key}" is changed by too many runs at a time`);
  }

  async function first({ workspace, scope, key }: KeyPlace, { run, step }: Asker, windowMs: number): Promise<boolean> {
    const now = clock();
    const by = `${run}/${step}`;
    await sql.commit([
      {
        text: `INSERT INTO once_keys (workspace_id, scope, key, step, expires_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (scope, key) DO UPDATE SET step = excluded.step, expires_at = excluded.expires_at
               WHERE once_keys.expires_at <= $6`,
        params: [workspace, scope, key, by, now + windowMs, now],
      },
    ]);
    const [row] = await sql.read<{ step: string }>(`SELECT step FROM once_keys WHERE scope = $1 AND key = $2`, [scope, key]);
    return row?.step === by;
  }

  return {
    async get(place) {
      const text = await read(place);
      return { value: text === null ? null : JSON.parse(text), found: text !== null };
    },
    change,
    first,
    async purge() {
      const outcome = await sql.commit([
        {
          text: `DELETE FROM once_keys WHERE (scope, key) IN (SELECT scope, key FROM once_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500)`,
          params: [clock()],
        },
      ]);
      return outcome.outcome === "committed" ? (outcome.changes[0] ?? 0) : 0;
    },
  };
}

function next(before: string | null, wanted: KeyChange): string | null | "no-number" {
  switch (wanted.change) {
    case "put":
      return JSON.stringify(wanted.value);
    case "delete":
      return null;
    case "increment": {
      const value: Json = before === null ? 0 : JSON.parse(before);
      return typeof value === "number" ? JSON.stringify(value + wanted.by) : "no-number";
    }
  }
}

function given({ before, after }: { before: string | null; after: string | null }): Changed {
  const read = (text: string | null): Json => (text === null ? null : JSON.parse(text));
  return { outcome: "changed", before: read(before), after: read(after), found: before !== null };
}

/** Compare and swap: nothing changes when the value is not `before` any more. */
function swap({ workspace, scope, key }: KeyPlace, before: string | null, after: string | null, now: number): Statement[] {
  if (after === null) {
    if (before === null) return [];
    const text = `DELETE FROM key_values WHERE scope = $1 AND key = $2 AND value_text = $3`;
    return [{ text, params: [scope, key, before], expectRows: 1 }];
  }
  if (before === null) {
    const text = `INSERT INTO key_values (workspace_id, scope, key, value_text, updated_at) VALUES ($1, $2, $3, $4, $5)
                  ON CONFLICT (scope, key) DO NOTHING`;
    return [{ text, params: [workspace, scope, key, after, now], expectRows: 1 }];
  }
  const text = `UPDATE key_values SET value_text = $1, updated_at = $2 WHERE scope = $3 AND key = $4 AND value_text = $5`;
  return [{ text, params: [after, now, scope, key, before], expectRows: 1 }];
}
