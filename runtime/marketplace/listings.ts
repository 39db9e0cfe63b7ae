import type { Listing } from "../../shared/api/marketplace.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { describeAuth } from "../connectors/describe-auth.ts";
import type { Sql } from "../store/sql.ts";

export type StoredListing = { listing: Listing; document: Connector; note: string };

type Row = {
  key: string;
  origin: "built-in" | "custom";
  number: number;
  document: string;
  note: string;
  publishedAt: number;
  installed: number | null;
};

/** Of each connector the newest version that was approved and not withdrawn, and of built-in ones the newest; by name. */
export async function readListings(sql: Sql, workspace: string): Promise<StoredListing[]> {
  const rows = await sql.list<Row>(
    `SELECT c.key, c.origin, v.number, v.document, v.note, coalesce(s.decided_at, v.created_at) AS "publishedAt",
       (SELECT w.number FROM installations i JOIN connector_versions w ON w.id = i.version_id
        WHERE i.connector_id = c.id AND i.workspace_id = c.workspace_id) AS installed
     FROM connectors c JOIN connector_versions v ON v.connector_id = c.id
       LEFT JOIN submissions s ON s.version_id = v.id AND s.state = 'approved'
     WHERE c.workspace_id = $1 AND (c.origin = 'built-in' OR s.id IS NOT NULL)
       AND v.number = (SELECT max(w.number) FROM connector_versions w WHERE w.connector_id = c.id
         AND (c.origin = 'built-in' OR EXISTS (SELECT 1 FROM submissions t WHERE t.version_id = w.id AND t.state = 'approved')))`,
    [workspace],
  );
  return rows
    .map(listingOf)
    .toSorted((a, b) => a.listing.name.localeCompare(b.listing.name) || (a.listing.key < b.listing.key ? -1 : 1));
}

/** Throws `not_found`. */
export async function readListing(sql: Sql, workspace: string, key: string): Promise<StoredListing> {
  const found = (await readListings(sql, workspace)).find(({ listing }) => listing.key === key);
  if (!found) throw new AppError("not_found", `the marketplace has no connector "${key}"`);
  return found;
}

function listingOf({ key, origin, number, document: text, note, publishedAt, installed }: Row): StoredListing {
  const document = JSON.parse(text) as Connector;
  const { name, description, category, logo, auth, endpoints, actions = [] } = document;
  return {
    document,
    note,
    listing: {
      key,
      name,
      description,
      ...(category !== undefined && { category }),
      ...(logo && { logo }),
      version: Number(number),
      origin,
      auth: describeAuth(auth),
      endpoints: endpoints.length,
      actions: actions.length,
      publishedAt,
      installed: installed === null ? null : Number(installed),
    },
  };
}
