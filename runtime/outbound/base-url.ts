import { fillUrl } from "../../shared/connector/base-url.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";

/** Whose base URL it is: null for a call without a connection, which goes to the real API. */
export type PlacedConnection = Pick<LoadedConnection, "target" | "variables" | "baseUrl"> | null;

/**
 * The base URL that a connector's calls start with: the connection's own, or the connector's with its variables filled in, or that of
 * its sandbox (`sandboxes` by name, e.g. `zoominfo`). Null when it is not known: `missingBaseUrl` says why. Never ends with a slash.
 */
export function baseUrlOf(
  connector: Pick<Connector, "baseUrl" | "variables" | "sandbox">,
  connection: PlacedConnection,
  sandboxes: Record<string, string>,
): string | null {
  if (connection?.target === "sandbox") {
    const base = connector.sandbox && sandboxes[connector.sandbox];
    return base ? withoutSlash(base) : null;
  }
  if (connection && connection.baseUrl !== null) return withoutSlash(connection.baseUrl);
  const { baseUrl } = connector;
  if (!baseUrl.includes("{")) return baseUrl === "" ? null : withoutSlash(baseUrl);
  return filledOnce(connector, connection);
}

/** Why a base URL is not known, in words. */
export function missingBaseUrl(
  { name, baseUrl, variables = [] }: Pick<Connector, "name" | "baseUrl" | "variables">,
  connection: PlacedConnection,
): string {
  if (connection?.target === "sandbox") return `the sandbox of "${name}" is switched off here`;
  if (baseUrl === "") return "define the base URL first";
  const filled = fillUrl(baseUrl, variables, connection?.variables ?? {});
  return "message" in filled ? `the base URL of "${name}" is not known: ${filled.message}` : `"${name}" has no base URL`;
}

type Filled = { template: string; variables: Connector["variables"]; url: string | null };
/** By connection, since a call must not pay for it; a changed connection is another object. */
const filledUrls = new WeakMap<object, Filled>();
const withoutConnection = {};

function filledOnce(
  { baseUrl, variables }: Pick<Connector, "baseUrl" | "variables">,
  connection: PlacedConnection,
): string | null {
  const owner = connection ?? withoutConnection;
  const known = filledUrls.get(owner);
  if (known?.template === baseUrl && known.variables === variables) return known.url;
  const filled = fillUrl(baseUrl, variables ?? [], connection?.variables ?? {});
  const url = "url" in filled ? withoutSlash(filled.url) : null;
  filledUrls.set(owner, { template: baseUrl, variables, url });
  return url;
}

function withoutSlash(url: string): string {
  return url.endsWith("/") ? url.replace(/\/+$/, "") : url;
}
