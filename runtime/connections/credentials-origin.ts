import { AppError } from "../../shared/app-error.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Sql } from "../store/sql.ts";

type Target = "live" | "sandbox";

/**
 * The origin that credentials entered now are for: that of the connector's base URL; null for a sandbox, whose address is the
 * server's own. Throws `bad_request` while there is no base URL to enter them for.
 */
export function credentialsOrigin({ name, baseUrl, auth }: ConnectorDraft, target: Target): string | null {
  if (target === "sandbox") return null;
  if (URL.canParse(baseUrl)) return new URL(baseUrl).origin;
  if (auth.kind === "none") return null;
  const message = `"${name}" has no base URL yet: define it before credentials are entered for it`;
  throw new AppError("bad_request", `connector: ${message}`, { details: { issues: [{ field: "connector", message }] } });
}

/**
 * Credentials go only where a person entered them for, so that whoever changes a base URL does not get those of others: why they
 * may not go to `origin`, or null.
 */
export function foreignCredentials(
  { auth }: Pick<ConnectorDraft, "auth">,
  connection: { target: Target; origin: string | null },
  origin: string,
): string | null {
  if (auth.kind === "none" || connection.target === "sandbox" || connection.origin === origin) return null;
  const entered = connection.origin ?? "another address";
  return `the credentials of this connection were entered for ${entered}: enter them again to use them at ${origin}`;
}

/** Gives connections from before origins were kept that of their connector's newest version, which is where they have been sent. */
export async function rememberOrigins(sql: Sql): Promise<void> {
  const rows = await sql.read<{ id: string; document: string }>(
    `SELECT c.id, v.document FROM connections c JOIN connector_versions v ON v.connector_id = c.connector_id
     WHERE c.origin IS NULL AND c.target = 'live'
       AND v.number = (SELECT max(number) FROM connector_versions WHERE connector_id = c.connector_id)`,
  );
  if (rows.length === 0) return;
  const statements = rows.map(({ id, document }) => ({
    text: `UPDATE connections SET origin = $1 WHERE id = $2 AND origin IS NULL`,
    params: [credentialsOrigin(JSON.parse(document) as ConnectorDraft, "live"), id],
  }));
  if ((await sql.commit(statements)).outcome !== "committed")
    throw new AppError("internal", "the origins of the connections could not be stored");
}
