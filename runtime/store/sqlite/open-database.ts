import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { AppError } from "../../../shared/app-error.ts";
import { pendingMigrations } from "../migrations.ts";

export type SqliteDatabase = Database.Database;

/**
 * Opens (or makes, with its folder at 0700) the database file for writing and brings its schema up to date. WAL with synchronous=FULL, read back: with
 * better-sqlite3's WAL default (NORMAL) a commit is not on disk when it returns. `busyTimeoutMs` blocks the event loop, so it is short.
 */
export function openDatabase(
  file: string,
  options: { synchronous?: "FULL" | "NORMAL"; busyTimeoutMs?: number } = {},
): SqliteDatabase {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new Database(file, { timeout: options.busyTimeoutMs ?? 2_000 });
  const synchronous = options.synchronous ?? "FULL";
  db.pragma("journal_mode = WAL");
  db.pragma(`synchronous = ${synchronous}`);
  // The index order of a long write burst is random only in dedupe keys: 32 MB holds their upper levels.
  db.pragma("cache_size = -32768");
  // Checkpoints copy thousands of pages: a thread of their own does it (checkpoints.ts), never a commit.
  db.pragma("wal_autocheckpoint = 0");
  const level = db.pragma("synchronous", { simple: true });
  if (level !== (synchronous === "FULL" ? 2 : 1))
    throw new AppError("internal", `synchronous=${synchronous} was not taken: it is ${level}`);
  migrate(db);
  return db;
}

function migrate(db: SqliteDatabase): void {
  db.exec("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  const applied = db.prepare("SELECT coalesce(max(number), 0) FROM migrations").pluck().get() as number;
  for (const migration of pendingMigrations("sqlite", applied))
    db.transaction(() => {
      db.exec(migration.text);
      db.prepare("INSERT INTO migrations (number, name) VALUES (?, ?)").run(migration.number, migration.name);
    }).immediate();
}

/** Holds the data folder for this process until it ends, however it ends: the lock is the operating system's. */
export function lockDataFolder(file: string): { release(): void } {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new Database(file, { timeout: 0 });
  try {
    db.pragma("locking_mode = EXCLUSIVE");
    db.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    db.close();
    throw new AppError("config", "another Patchbay server is running on this data folder", { cause });
  }
  return { release: () => void db.close() };
}
