import { createHash } from "node:crypto";
import { AppError } from "../../shared/app-error.ts";
import { logoProblems } from "../../shared/connector/check-logo.ts";
import type { Logo } from "../../shared/connector/logo.ts";
import type { Clock } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { logoFacts } from "./logo-facts.ts";

type Stored = { media: Logo["media"]; bytes: Buffer };

/** Stores a picture under the hash of its bytes. Throws `invalid_document` with one issue for each rule that it breaks. */
export async function keepLogo(
  { sql, clock }: { sql: Sql; clock: Clock },
  { workspace, base64 }: { workspace: string; base64: string },
): Promise<Logo> {
  const bytes = Buffer.from(base64, "base64");
  const facts = logoFacts(bytes);
  const issues = logoProblems(facts).map((message) => ({ field: "logo", message }));
  if (facts.media === null || facts.size === null || issues.length > 0)
    throw new AppError("invalid_document", issues.map(({ message }) => message).join(" "), { details: { issues } });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await sql.commit([
    {
      text: `INSERT INTO logos (workspace_id, sha256, media, body, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (workspace_id, sha256) DO NOTHING`,
      params: [workspace, sha256, facts.media, bytes.toString("base64"), clock()],
    },
  ]);
  return { sha256, media: facts.media, ...facts.size };
}

/** Null when the workspace has no such picture. */
export async function readLogo(sql: Sql, workspace: string, sha256: string): Promise<Stored | null> {
  const [row] = await sql.read<{ media: Logo["media"]; body: string }>(
    `SELECT media, body FROM logos WHERE workspace_id = $1 AND sha256 = $2`,
    [workspace, sha256],
  );
  return row ? { media: row.media, bytes: Buffer.from(row.body, "base64") } : null;
}

/** Why a connector cannot have this logo, or null: it must be one that was uploaded, described as it is. */
export async function unknownLogoProblem(sql: Sql, workspace: string, logo: Logo): Promise<string | null> {
  const stored = await readLogo(sql, workspace, logo.sha256);
  if (stored === null) return "was not uploaded: upload it first";
  const size = logoFacts(stored.bytes).size;
  const same = stored.media === logo.media && size?.width === logo.width && size.height === logo.height;
  return same ? null : "is not described as it was uploaded";
}
