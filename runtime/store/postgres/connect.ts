import pg from "pg";
import { AppError } from "../../../shared/app-error.ts";

const timeoutMs = 5_000;

/** A connection of its own, for what happens once. Throws `config` when the database does not answer. */
export async function connect(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `patchbay ${name}`,
    connectionTimeoutMillis: timeoutMs,
  });
  // The query that fails says so too.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw notAnswering(cause);
  }
  return client;
}

export function notAnswering(cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  // Wrong password, no such database, no right to it: it did answer.
  const what = /^(?:28|3D|42)...$/.test(code) ? "refuses us" : "does not answer";
  return new AppError("config", `the database of DATABASE_URL ${what}: ${why}`, { cause });
}
