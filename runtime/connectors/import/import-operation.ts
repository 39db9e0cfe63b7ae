import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { Endpoint, HttpMethod } from "../../../shared/connector/endpoint.ts";
import type { ImportedOperation } from "../../../shared/connector/import-report.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import { pathParameters } from "../../../shared/connector/path-template.ts";
import { schemesOf } from "./auth.ts";
import { importBody } from "./import-body.ts";
import { importParameters, withOwnKeys } from "./import-parameters.ts";
import { importResponse } from "./import-response.ts";
import { type JsonObject, listOf, textOf, wordsOf } from "./json-object.ts";
import type { LinkWords } from "./make-parameter.ts";
import { humanise } from "./names.ts";
import { OwnEndpointWords, ownWordsOf, withOwnWords } from "./own-words.ts";
import { type Base, plainPrefix, type ServerPlace } from "./servers.ts";

/** One operation of the document, with where it is sent. */
export type Operation = { method: string; path: string; item: JsonObject; operation: JsonObject; server: ServerPlace | null };

/** Characters of JSON that the schemas of one operation may have, for its input and for its answer. */
export type Budgets = { input: number; answer: number };

/** What links of parameters need to be resolved, once all endpoints are there. */
export type Linked = { operationId: string | undefined; endpoint: Endpoint; links: LinkWords[]; line: ImportedOperation };
export type Result = { line: ImportedOperation; linked: Linked | null };

type Context = {
  base: Base;
  auth: AuthScheme;
  /** Names of the schemes that were taken. */
  taken: ReadonlySet<string>;
  budgets: Budgets;
  keyOf(wanted: string, exact?: string): string;
};

/** Turns an operation into an endpoint, or says why it cannot be one. */
export function importOperation(root: JsonObject, found: Operation, { base, auth, taken, budgets, keyOf }: Context): Result {
  const { operation, item } = found;
  const method = found.method.toUpperCase();
  const operationId = textOf(operation.operationId);
  const name = textOf(operation.summary, 120) ?? (operationId ? humanise(operationId) : `${method} ${found.path}`.slice(0, 120));
  const tags = listOf(operation.tags).flatMap((tag) => textOf(tag, 100) ?? []);
  const line = { method, path: found.path, name, ...(tags.length > 0 && { tags: tags.slice(0, 10) }) };
  const leftOut = (reason: string): Result => ({
    line: { key: null, ...line, outcome: "left-out", notes: [reason] },
    linked: null,
  });
  const known = HttpMethod.safeParse(method);
  if (!known.success) return leftOut(`${method} is not a method that endpoints have`);
  if (found.server && base.origin !== null && found.server.origin !== base.origin)
    return leftOut(`it is on another host, ${found.server.origin}: a connector has one`);
  const path = (base.prefixed && found.server ? plainPrefix(found.server) : "") + writtenPath(found.path);
  const inPlace = importParameters(root, { path: found.path, item, operation, auth });
  const body = importBody(root, method, operation, budgets.input);
  const blocked = inPlace.blocked ?? body.blocked;
  if (blocked !== null) return leftOut(blocked);
  const response = importResponse(root, operation, budgets.answer);
  const notes = [...inPlace.notes, ...body.notes, ...response.notes];
  const all = [...inPlace.parameters.map(asWord), ...body.parameters];
  const { parameters, renamed } = withOwnKeys(all, notes);
  const missing = pathParameters(path).find(
    (key) => !parameters.some((parameter) => parameter.in === "path" && parameter.key === key),
  );
  if (missing !== undefined) return leftOut(`the path names {${missing}}, which is none of its parameters`);
  if (parameters.length > 500) notes.push(`it has ${parameters.length} parameters: the first 500 were taken`);
  const asked = schemesOf(root, operation);
  if (asked && taken.size > 0 && ![...asked].some((scheme) => taken.has(scheme)))
    notes.push(`it asks for the authentication "${[...asked].join('" or "').slice(0, 200)}", and the connector has another one`);
  if (operation["x-ms-visibility"] === "internal")
    notes.push("the file hides it from people: it gives lists to other operations");
  if (operation.deprecated === true) notes.push("the file calls it deprecated");
  const identity = `${method} ${found.path}`;
  const words = ownWordsOf(OwnEndpointWords, operation);
  const endpoint = Endpoint.safeParse({
    key: keyOf(operationId ?? identity, words?.key),
    name,
    description: wordsOf(operation.description, 2_000),
    method: known.data,
    path,
    ...(inPlace.idempotencyHeader !== null && { idempotencyHeader: inPlace.idempotencyHeader }),
    parameters: parameters.slice(0, 500),
    ...(body.body && { body: body.body }),
    ...response.response,
    ...(response.paged && parameters.some(({ in: place }) => place === "query") && { pagination: { kind: "link", items: "" } }),
    ...(identity.length <= 300 && { imported: identity }),
  });
  if (!endpoint.success) return leftOut(`it is out of limits: ${endpoint.error.issues[0]?.message ?? "not valid"}`);
  const own = withOwnWords(words, endpoint.data);
  const links = [...inPlace.links, ...body.links].map((link) => withKeyOf(link, all, renamed));
  const finished: ImportedOperation = { key: own.key, ...line, outcome: "imported", notes };
  return { line: finished, linked: { operationId, endpoint: own, links, line: finished } };
}

/** Names in a path may hold any character in OpenAPI; here they are words. A `#` would end the path, so it is sent as what it stands for. */
function writtenPath(path: string): string {
  return path.replace(/\{([^{}]+)\}/g, (_, name: string) => `{${wordOf(name)}}`).replaceAll("#", "%23");
}

function asWord(parameter: Parameter): Parameter {
  return parameter.in === "path" ? { ...parameter, key: wordOf(parameter.key) } : parameter;
}

function wordOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : name.replace(/[^\w]+/g, "_").replace(/^(?=\d)/, "_");
}

function withKeyOf(link: LinkWords, all: Parameter[], renamed: Map<Parameter, Parameter>): LinkWords {
  const wanted = link.place === "path" ? wordOf(link.key) : link.key;
  const parameter = all.find((candidate) => candidate.in === link.place && candidate.key === wanted);
  const kept = parameter && (renamed.get(parameter) ?? parameter);
  return { ...link, key: kept?.key ?? wanted };
}
