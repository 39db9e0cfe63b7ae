import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { AppError } from "../../shared/app-error.ts";
import type { Config } from "../config.ts";
import { loadMasterKey } from "../connections/key-file.ts";
import { createVault, type Vault } from "../connections/vault.ts";
import { type Clock, createIds, type Ids } from "../ids.ts";
import type { Pair } from "../store/pair.ts";
import type { Sql } from "../store/sql.ts";

/** What the server and the operator's commands share: the database and the vault on it. */
export type Foundation = { config: Config; pair: Pair; sql: Sql; vault: Vault; clock: Clock; ids: Ids };

/** Opens the pair that the configuration names, and brings its schema up to date. Throws `config` without a master key it may use. */
export async function openFoundation(config: Config, env: NodeJS.ProcessEnv): Promise<Foundation> {
  const clock = Date.now;
  const ids = createIds(clock);
  const { database, dataDir } = config;
  if (database.kind === "postgres") {
    // Nodes with folders of their own would each make another key, so it must be given.
    const masterKey = loadMasterKey({ env, dataDir: null });
    const { openPostgres } = await import("../store/postgres/open-postgres.ts");
    return foundationOn(await openPostgres({ url: database.url, schema: database.schema, clock, ids }), masterKey);
  }
  const { openSqlite } = await import("../store/sqlite/open-sqlite.ts");
  const pair = openSqlite({
    file: database.file,
    clock,
    ids,
    // The fsync oracle proves itself with it: NORMAL must fail there. No operator has a reason to set it.
    synchronous: env.PATCHBAY_TEST_SYNCHRONOUS === "NORMAL" ? "NORMAL" : "FULL",
  });
  return foundationOn(pair, loadMasterKey({ env, dataDir }));

  function foundationOn(pair: Pair, { key, id }: { key: Buffer; id: string }): Foundation {
    const vault = createVault({ masterKey: key, masterKeyId: id, sql: pair.sql, clock, ids, randomBytes });
    return { config, pair, sql: pair.sql, vault, clock, ids };
  }
}

/** What an operator's command works on. Throws `config` where no server was ever started: a command makes no database and no key. */
export async function openExisting(config: Config, env: NodeJS.ProcessEnv): Promise<Foundation> {
  const { database } = config;
  if (database.kind === "embedded" && !existsSync(database.file))
    throw new AppError("config", `there is no database at ${database.file} yet: run npm start first`);
  if (database.kind === "postgres") {
    const { schemaExists } = await import("../store/postgres/schema-exists.ts");
    if (!(await schemaExists(database)))
      throw new AppError("config", `there is no schema "${database.schema}" at DATABASE_URL yet: start a server on it first`);
  }
  return openFoundation(config, env);
}
