import pg from "pg";
import { AppError } from "../../../shared/app-error.ts";

/** Has anybody ever started on this schema? Makes nothing. Throws `config` when the database does not answer. */
export async function schemaExists({ url, schema }: { url: string; schema: string }): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: "patchbay command", connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw new AppError("config", `the database of DATABASE_URL does not answer: ${(cause as Error).message}`, { cause });
  }
  try {
    const { rows } = await client.query("SELECT to_regclass($1) AS known", [`${schema}.migrations`]);
    return rows[0]?.known !== null;
  } finally {
    await client.end();
  }
}
