import { connect } from "./connect.ts";

/** Has anybody ever started on this schema? Makes nothing. Throws `config` when the database does not answer. */
export async function schemaExists({ url, schema }: { url: string; schema: string }): Promise<boolean> {
  const client = await connect(url, "command");
  try {
    const { rows } = await client.query("SELECT to_regclass($1) AS known", [`${schema}.migrations`]);
    return rows[0]?.known !== null;
  } finally {
    await client.end();
  }
}
