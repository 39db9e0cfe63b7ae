import { createHash } from "node:crypto";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";

/** Stays the same while the endpoint sends the same: names, descriptions, links and what is known of its answer do not count. */
export function fingerprintOf({ baseUrl, auth }: Pick<ConnectorDraft, "baseUrl" | "auth">, endpoint: Endpoint): string {
  const { method, path, idempotencyHeader = null, parameters } = endpoint;
  const sent = parameters.map(({ key, in: place, type, required, default: preset = null }) => [
    key,
    place,
    type,
    required,
    preset,
  ]);
  return createHash("sha256")
    .update(JSON.stringify([baseUrl, auth, method, path, idempotencyHeader, sent]))
    .digest("hex");
}
