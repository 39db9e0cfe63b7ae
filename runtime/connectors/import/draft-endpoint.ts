import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { Endpoint, HttpMethod } from "../../../shared/connector/endpoint.ts";
import { framingHeaders } from "../../../shared/connector/header-name.ts";
import type { ImportedOperation } from "../../../shared/connector/import-report.ts";
import { inferSchema } from "../../../shared/connector/infer-schema.ts";
import type { Parameter, ParameterPlace } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";
import { withOwnKeys } from "./import-parameters.ts";
import { typeOf } from "./make-parameter.ts";
import { humanise } from "./names.ts";

/** A call as somebody once made it, where no schema says more: from a Postman collection, or a cURL command. */
export type WrittenCall = {
  method: string;
  /** Below the base URL; `{name}` where a value goes. */
  path: string;
  name: string;
  description?: string | undefined;
  tags?: string[];
  query: Written[];
  headers: Written[];
  body:
    | { as: "json"; value: Json }
    | { as: "form" | "multipart"; fields: Written[] }
    | { as: "raw"; text: string; type: string }
    | null;
  /** Its key in the file; method and path when left out. */
  identity?: string;
  /** Values and words for the names in the path. */
  pathValues?: Written[];
};
export type Written = { name: string; value: Json; description?: string | undefined; file?: boolean; off?: boolean };

type Found = { line: ImportedOperation; endpoint: Endpoint | null };

/** Headers that are set by the client, or say what the connection brings along. */
const setElsewhere = /^(accept|accept-encoding|authorization|content-type|content-length|cookie|host|user-agent)$/i;
/** What is likely a secret: its value stays out of the document. */
const secret = /(secret|token|passw|api[-_]?key|apikey|authorization|signature|credential|session)/i;

/** Turns a written call into an endpoint whose values are examples, except that texts of a query are defaults. */
export function draftEndpoint(call: WrittenCall, auth: AuthScheme, keyOf: (wanted: string) => string): Found {
  const method = HttpMethod.safeParse(call.method.toUpperCase());
  const { path, name } = call;
  const line = { method: call.method.toUpperCase(), path, name, ...(call.tags && call.tags.length > 0 && { tags: call.tags }) };
  const leftOut = (note: string): Found => ({ endpoint: null, line: { key: null, ...line, outcome: "left-out", notes: [note] } });
  if (!method.success) return leftOut(`${line.method.slice(0, 40)} is not a method that endpoints have`);
  const notes: string[] = [];
  const { parameters: given, body } = bodyOf(call, notes);
  const inPath = [...path.matchAll(/\{([A-Za-z_]\w*)\}/g)].map(([, key = ""]): Parameter => {
    const written = call.pathValues?.find((value) => value.name === key);
    return {
      ...parameterOf("path", { name: key, value: written?.value ?? "", description: written?.description }, notes),
      required: true,
    };
  });
  const sent = call.headers.filter(({ name: header }) => {
    if (setElsewhere.test(header) || isCredential(auth, header)) return false;
    if (!framingHeaders.has(header.toLowerCase()) && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,120}$/.test(header)) return true;
    notes.push(`the header "${header.slice(0, 60)}" cannot be set: left out`);
    return false;
  });
  const all = [
    ...inPath,
    ...call.query.filter((one) => !isCredential(auth, one.name)).map((one) => parameterOf("query", one, notes)),
    ...sent.map((one) => parameterOf("header", one, notes)),
    ...given,
  ].filter(({ key }) => key !== "" && key.length <= 120);
  const { parameters } = withOwnKeys(all, notes);
  const identity = call.identity ?? `${method.data} ${path}`;
  const endpoint = Endpoint.safeParse({
    key: keyOf(name),
    name: name.slice(0, 120),
    ...(call.description && { description: call.description.slice(0, 2_000) }),
    method: method.data,
    path,
    parameters: parameters.slice(0, 500),
    ...(body && { body }),
    ...(identity.length <= 300 && { imported: identity }),
  });
  if (!endpoint.success) return leftOut(`it is out of limits: ${endpoint.error.issues[0]?.message ?? "not valid"}`);
  return { endpoint: endpoint.data, line: { key: endpoint.data.key, ...line, outcome: "imported", notes } };
}

/** A value that names a variable is no value yet. */
function parameterOf(place: ParameterPlace, { name, value, description, file, off }: Written, notes: string[]): Parameter {
  const type = file ? "string" : typeOf(inferSchema([value]) ?? {});
  const hidden = secret.test(name) && typeof value === "string";
  if (hidden && value !== "") notes.push(`the value of "${name.slice(0, 60)}" looks like a secret: it is not kept`);
  const known = !hidden && !file && value !== "" && value !== null && !(typeof value === "string" && /\{\{.*\}\}/.test(value));
  const short = known && JSON.stringify(value).length <= 2_000;
  return {
    key: name,
    name: humanise(name),
    in: place,
    type,
    required: false,
    ...(description && { description: description.slice(0, 2_000) }),
    ...(short && (place === "query" && !off ? { default: value } : { example: withoutSecrets(value) })),
    ...(file && { file }),
    ...((type === "object" || type === "array") && known && { schema: inferSchema([value]) as Json }),
  };
}

/** Fields deeper inside whose names say that they are secrets are emptied. */
function withoutSecrets(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secret.test(key) && typeof inner === "string" ? "" : withoutSecrets(inner),
    ]),
  );
}

function bodyOf({ method, body }: WrittenCall, notes: string[]): { parameters: Parameter[]; body: Endpoint["body"] | null } {
  if (body === null) return { parameters: [], body: null };
  if (method.toUpperCase() === "GET") {
    notes.push("a GET has no body: left out");
    return { parameters: [], body: null };
  }
  switch (body.as) {
    case "json": {
      const { value } = body;
      if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0)
        return {
          parameters: Object.entries(value).map(([name, one]) => parameterOf("body", { name, value: one }, notes)),
          body: null,
        };
      return { parameters: [parameterOf("body", { name: "body", value }, notes)], body: { as: "value" } };
    }
    case "form":
    case "multipart":
      return { parameters: body.fields.map((field) => parameterOf("body", field, notes)), body: { as: body.as } };
    case "raw":
      return {
        parameters: [parameterOf("body", { name: "body", value: body.text }, notes)],
        body: { as: "raw", ...(/^[\w.+-]+\/[\w.+-]+$/.test(body.type) && { contentType: body.type }) },
      };
  }
}

function isCredential(auth: AuthScheme, name: string): boolean {
  return auth.kind === "api-key" && auth.key.toLowerCase() === name.toLowerCase();
}

/** The origin and path of a URL whose host may hold `{variable}`s; null when it is none. */
export function splitUrl(url: string): { origin: string; path: string; query: [string, string][] } | null {
  const parts = /^(?:(https?):\/\/)?([^/?#\s]+)([^?#]*)(?:\?([^#]*))?/i.exec(url);
  if (!parts) return null;
  const [, scheme = "https", host = "", path = "", query = ""] = parts;
  if (!/[.{:]/.test(host) && host !== "localhost") return null;
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): [string, string] => {
      const [name = "", ...value] = pair.split("=");
      return [decoded(name), decoded(value.join("="))];
    });
  // What stood before an @ were credentials.
  return { origin: `${scheme.toLowerCase()}://${host.replace(/^.*@/, "")}`, path, query: pairs };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
