import { pendingMigrations } from "../migrations.ts";
import { connect } from "./connect.ts";

/**
 * Makes the schema and brings it up to date; then runs `more` (the queue engine's own set-up). Nodes that start together do it one
 * after another: an advisory lock is held meanwhile.
 */
export async function migrate({ url, schema }: { url: string; schema: string }, more: () => Promise<void>): Promise<void> {
  const client = await connect(url, "migration");
  try {
    await client.query("SELECT pg_advisory_lock(hashtext($1))", [`patchbay ${schema}`]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(`SET search_path = ${schema}`);
    await client.query("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
    const { rows } = await client.query("SELECT coalesce(max(number), 0) AS applied FROM migrations");
    for (const { number, name, text } of pendingMigrations("postgres", Number(rows[0].applied))) {
      await client.query("BEGIN");
      await client.query(text);
      await client.query("INSERT INTO migrations (number, name) VALUES ($1, $2)", [number, name]);
      await client.query("COMMIT");
    }
    await more();
  } finally {
    // The lock and an open transaction end with the connection.
    await client.end();
  }
}
