import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { Endpoint, HttpMethod } from "../../../shared/connector/endpoint.ts";
import type { ImportedOperation } from "../../../shared/connector/import-report.ts";
import { pathParameters } from "../../../shared/connector/path-template.ts";
import { importBody } from "./import-body.ts";
import { importParameters } from "./import-parameters.ts";
import { importResponse } from "./import-response.ts";
import { type JsonObject, textOf } from "./json-object.ts";
import { humanise } from "./names.ts";
import type { Base, ServerPlace } from "./servers.ts";

/** One operation of the document, with where it is sent. */
export type Operation = { method: string; path: string; item: JsonObject; operation: JsonObject; server: ServerPlace | null };

/** Characters of JSON that the schemas of one operation may have, for its input and for its answer. */
export type Budgets = { input: number; answer: number };

type Result = { endpoint: Endpoint | null; line: ImportedOperation };

/** Turns an operation into an endpoint, or says why it cannot be one. */
export function importOperation(
  root: JsonObject,
  found: Operation,
  { base, auth, budgets, keyOf }: { base: Base; auth: AuthScheme; budgets: Budgets; keyOf(wanted: string): string },
): Result {
  const { operation, item } = found;
  const method = found.method.toUpperCase();
  const operationId = textOf(operation.operationId);
  const name = textOf(operation.summary, 120) ?? (operationId ? humanise(operationId) : `${method} ${found.path}`.slice(0, 120));
  const leftOut = (reason: string): Result => {
    return { endpoint: null, line: { key: null, method, path: found.path, name, outcome: "left-out", notes: [reason] } };
  };
  const known = HttpMethod.safeParse(method);
  if (!known.success) return leftOut(`${method} is not a method that endpoints have`);
  if (found.server && base.origin !== null && found.server.origin !== base.origin)
    return leftOut(`it is on another host, ${found.server.origin}: a connector has one`);
  const path = (base.prefixed && found.server ? found.server.prefix : "") + plainNames(found.path);
  const inPlace = importParameters(root, { path: found.path, item, operation, auth });
  const body = importBody(root, operation, budgets.input);
  const blocked = inPlace.blocked ?? body.blocked;
  if (blocked !== null) return leftOut(blocked);
  const response = importResponse(root, operation, budgets.answer);
  const parameters = [
    ...inPlace.parameters.map((parameter) =>
      parameter.in === "path" ? { ...parameter, key: plainName(parameter.key) } : parameter,
    ),
    ...body.parameters,
  ];
  const missing = pathParameters(path).find(
    (key) => !parameters.some((parameter) => parameter.in === "path" && parameter.key === key),
  );
  if (missing !== undefined) return leftOut(`the path names {${missing}}, which is none of its parameters`);
  const key = keyOf(operationId ?? `${method} ${found.path}`);
  const endpoint = Endpoint.safeParse({
    key,
    name,
    description: textOf(operation.description, 2_000),
    method: known.data,
    path,
    ...(inPlace.idempotencyHeader !== null && { idempotencyHeader: inPlace.idempotencyHeader }),
    parameters: parameters.slice(0, 500),
    ...response.response,
  });
  if (!endpoint.success) return leftOut(`it is out of limits: ${endpoint.error.issues[0]?.message ?? "not valid"}`);
  const notes = [...inPlace.notes, ...body.notes, ...response.notes];
  if (parameters.length > 500) notes.push(`it has ${parameters.length} parameters: the first 500 were taken`);
  return { endpoint: endpoint.data, line: { key, method, path: found.path, name, outcome: "imported", notes } };
}

/** Names in a path may hold any character in OpenAPI; here they are words. */
function plainNames(path: string): string {
  return path.replace(/\{([^{}]+)\}/g, (_, name: string) => `{${plainName(name)}}`);
}

function plainName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : name.replace(/[^\w]+/g, "_").replace(/^(?=\d)/, "_");
}
