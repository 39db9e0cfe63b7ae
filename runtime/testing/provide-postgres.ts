import type { TestProject } from "vitest/node";
import { startPostgres } from "./embedded-postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}

/** The server of `TEST_DATABASE_URL`, else one of our own: nothing of it outlives the tests, so it waits for no disk. */
export default async function providePostgres(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };
  const server = given ? null : await startPostgres({ settings });
  project.provide("databaseUrl", given || (server?.url ?? ""));
  return async () => server?.stop();
}
