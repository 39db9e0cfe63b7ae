import { randomUUID } from "node:crypto";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startPostgres } from "../cli/embedded-postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string;
    /** What the schemas of this test run begin with. */
    schemaPrefix: string;
  }
}

/** The server of `TEST_DATABASE_URL`, where nothing is left behind, else one of our own: it need not outlive the tests, so it waits for no disk. */
export default async function providePostgres(project: TestProject): Promise<() => Promise<void>> {
  const schemaPrefix = `test_${randomUUID().slice(0, 8)}_`;
  project.provide("schemaPrefix", schemaPrefix);
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    project.provide("databaseUrl", given);
    return () => dropSchemas(given, schemaPrefix);
  }
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };
  const server = await startPostgres({ settings });
  project.provide("databaseUrl", server.url);
  return () => server.stop();
}

async function dropSchemas(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT nspname AS name FROM pg_namespace WHERE starts_with(nspname::text, $1)",
    [prefix],
  );
  for (const { name } of rows) await client.query(`DROP SCHEMA ${name} CASCADE`);
  await client.end();
}
