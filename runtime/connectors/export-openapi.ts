import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import type { Json } from "../../shared/json.ts";
import { exportAuth } from "./export-auth.ts";
import { exportBody, exportParameters, ownParameters } from "./export-parameters.ts";
import type { JsonObject } from "./import/json-object.ts";
import { type OwnEndpointWords, ownWordsKey } from "./import/own-words.ts";

/**
 * A connector as an OpenAPI 3.1 document. What that has no words for is below `x-patchbay`, so that an import of ours gives the same
 * connector again; other tools pass it over. Holds no secret: a draft has none.
 */
export function exportOpenApi(draft: ConnectorDraft): Record<string, Json> {
  const { name, description, baseUrl, variables = [], limits, verification, actions } = draft;
  const { schemes, security } = exportAuth(draft.auth);
  const own = withoutUndefined({ limits, verification, actions });
  return {
    openapi: "3.1.0",
    info: { title: name, version: "1", ...(description !== "" && { description }) },
    ...(baseUrl !== "" && { servers: [serverOf(baseUrl, variables)] }),
    ...(security && { security }),
    paths: pathsOf(draft.endpoints),
    ...(schemes && { components: { securitySchemes: schemes } }),
    ...(Object.keys(own).length > 0 && { [ownWordsKey]: own }),
  };
}

function serverOf(url: string, variables: NonNullable<ConnectorDraft["variables"]>): JsonObject {
  if (variables.length === 0) return { url };
  const entries = variables.map(({ key, label, description = label, default: preset, values }): [string, Json] => [
    key,
    // OpenAPI 3.1, 4.8.6: a variable has a default.
    { default: preset ?? values?.[0] ?? key, description, ...(values && { enum: values }) },
  ]);
  return { url, variables: Object.fromEntries(entries), [ownWordsKey]: { variables: variables.map(withoutUndefined) } };
}

function pathsOf(endpoints: readonly Endpoint[]): JsonObject {
  const paths: { [path: string]: JsonObject } = {};
  for (const endpoint of endpoints) {
    const method = endpoint.method.toLowerCase();
    const written = braced(endpoint.path);
    // One path has each method once; what follows a # is nothing to those who call it.
    const path = paths[written]?.[method] === undefined ? written : `${written}#${endpoint.key}`;
    const item = paths[path] ?? {};
    item[method] = operationOf(endpoint, path);
    paths[path] = item;
  }
  return paths;
}

/** `/users/:id` as OpenAPI writes it. A colon behind a word or a brace is text. */
function braced(path: string): string {
  return path.replace(/(?<![\w}]):([A-Za-z_]\w*)/g, "{$1}");
}

function operationOf(endpoint: Endpoint, path: string): JsonObject {
  const { key, name, description, responseSchema, responseSample, pagination } = endpoint;
  const parameters = exportParameters(endpoint);
  const requestBody = exportBody(endpoint);
  const content = {
    ...(responseSchema !== undefined && { schema: responseSchema }),
    ...(responseSample !== undefined && { example: responseSample }),
  };
  const answer = {
    description: "The call succeeded.",
    ...(pagination?.kind === "link" && { headers: { Link: { schema: { type: "string" } } } }),
    ...(Object.keys(content).length > 0 && { content: { "application/json": content } }),
  };
  return {
    operationId: key,
    summary: name,
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: { "200": answer },
    [ownWordsKey]: ownWordsFor(endpoint, path),
  };
}

function ownWordsFor(endpoint: Endpoint, path: string): JsonObject {
  const { key, effect, billed, idempotencyHeader, limitGroup, pagination, test, body, responseOrigin, imported } = endpoint;
  const origin = imported === `${endpoint.method} ${path}` ? undefined : (imported ?? null);
  const parameters = ownParameters(endpoint);
  const words: OwnEndpointWords = {
    key,
    ...(effect && { effect }),
    ...(billed !== undefined && { billed }),
    ...(idempotencyHeader !== undefined && { idempotencyHeader }),
    ...(limitGroup !== undefined && { limitGroup }),
    ...(pagination && { pagination }),
    ...(test && { test }),
    ...(body && { body }),
    ...(responseOrigin === "pulled" && { responseOrigin }),
    ...(origin !== undefined && { imported: origin }),
    ...(path !== endpoint.path && { path: endpoint.path }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
  return withoutUndefined(words);
}

/** A document is JSON, which has no undefined. */
function withoutUndefined(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
