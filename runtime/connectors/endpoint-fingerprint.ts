import { createHash } from "node:crypto";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";

/**
 * Stays the same while the endpoint sends the same and its test asks the same of the answer: names, descriptions, links and what is
 * known of the answer do not count.
 */
export function fingerprintOf(
  { baseUrl, auth, variables = [] }: Pick<ConnectorDraft, "baseUrl" | "auth" | "variables">,
  endpoint: Endpoint,
): string {
  const { method, path, idempotencyHeader = null, parameters, body, test, responseSchema } = endpoint;
  const assertions = test?.assertions ?? [];
  const urls = JSON.stringify([baseUrl, auth]);
  const filled = variables.flatMap(({ key, default: preset }) => (preset && urls.includes(`{${key}}`) ? [[key, preset]] : []));
  // What is left out leaves no trace, so that a test stays good when a version learns something new.
  const more = {
    ...(filled.length > 0 && { filled }),
    ...(body && { body }),
    ...(assertions.length > 0 && { assertions }),
    ...(assertions.some(({ kind }) => kind === "schema") && { responseSchema }),
  };
  const parts: unknown[] = [baseUrl, auth, method, path, idempotencyHeader, parameters.map(sentOf)];
  if (Object.keys(more).length > 0) parts.push(more);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function sentOf({ key, in: place, type, required, default: preset = null, wireName, style, explode, file }: Parameter) {
  const how = {
    ...(wireName !== undefined && { wireName }),
    ...(style !== undefined && { style }),
    ...(explode !== undefined && { explode }),
    ...(file && { file }),
  };
  const sent = [key, place, type, required, preset];
  return Object.keys(how).length > 0 ? [...sent, how] : sent;
}
