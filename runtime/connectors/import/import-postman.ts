import { baseTemplateProblem } from "../../../shared/connector/base-url.ts";
import { BaseVariable } from "../../../shared/connector/base-variable.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { ImportedOperation } from "../../../shared/connector/import-report.ts";
import type { Json } from "../../../shared/json.ts";
import { draftEndpoint } from "./draft-endpoint.ts";
import type { ImportOptions, ImportOutcome } from "./imported-connector.ts";
import { isObject, type JsonObject, listOf, objectOf, textOf } from "./json-object.ts";
import { createKeys, humanise } from "./names.ts";
import { refused } from "./parse-document.ts";
import { postmanAuth } from "./postman-auth.ts";
import { listRequests, type PostmanRequest } from "./postman-requests.ts";

export function isPostman(value: Json): value is JsonObject {
  const { info, item } = objectOf(value);
  return isObject(info) && (typeof info.schema === "string" || typeof info._postman_id === "string") && Array.isArray(item);
}

/** Reads a Postman collection 2.1: its requests as endpoints, its folders as tags. Values of secrets in it are left where they are. */
export function importPostman(collection: JsonObject, { allowedHttpHosts, readAt = 0 }: ImportOptions): ImportOutcome {
  const info = objectOf(collection.info);
  const schema = textOf(info.schema) ?? "";
  if (!/collection\/v2\.1(\.\d+)?\b|\/v2\.1\.0\//.test(schema))
    return refused(`Only Postman collections 2.1 can be read; this one says ${schema.slice(0, 120) || "nothing of its version"}`);
  const requests = listRequests(collection);
  if (requests === null) return refused("The Postman collection nests deeper than 30 folders, or has more than 5,000 requests");
  const values = valuesOf(collection);
  const base = chooseBase(requests, values, allowedHttpHosts);
  const found = postmanAuth(collection, requests, allowedHttpHosts);
  const keyOf = createKeys();
  const lines: ImportedOperation[] = [];
  const endpoints: Endpoint[] = [];
  const seen = new Set<string>();
  for (const request of requests) {
    const path = base.pathOf(request);
    const { method, name } = request.call;
    if (path === null) {
      const notes = [`it is on another host, ${request.url.slice(0, 200)}: a connector has one`];
      lines.push({ key: null, method, path: request.url.slice(0, 300), name, tags: request.tags, outcome: "left-out", notes });
      continue;
    }
    const identity = freeIdentity(`${method} ${path}`, name, seen);
    seen.add(identity);
    const call = { ...request.call, path, tags: request.tags, identity };
    const { line, endpoint } = draftEndpoint(call, found.auth, keyOf);
    lines.push({ ...line, notes: [...request.notes, ...line.notes] });
    if (endpoint) endpoints.push(endpoint);
  }
  const title = textOf(info.name, 120) ?? "";
  const description = textOf(objectOf(info.description).content ?? info.description, 250) ?? "";
  const format = "Postman collection 2.1";
  return {
    outcome: "imported",
    report: {
      openapi: format,
      title,
      description,
      baseUrl: base.url,
      auth: found.words,
      notes: [...base.notes, ...found.notes],
      operations: lines,
    },
    connector: {
      baseUrl: base.url,
      ...(base.variables.length > 0 && { variables: base.variables }),
      auth: found.auth,
      endpoints,
      source: { format, title, readAt },
    },
  };
}

/** A collection may send to one place in several ways. */
function freeIdentity(identity: string, name: string, seen: ReadonlySet<string>): string {
  if (!seen.has(identity)) return identity;
  let free = `${identity} (${name})`;
  for (let count = 2; seen.has(free); count++) free = `${identity} (${name} ${count})`;
  return free;
}

/** Of the collection's variables; those that are marked as secrets have none here. */
function valuesOf({ variable }: JsonObject): Map<string, string> {
  const entries = listOf(variable).flatMap((given): [string, string][] => {
    const { key, id, value, type } = objectOf(given);
    const name = textOf(key) ?? textOf(id);
    return name !== undefined && typeof value === "string" && value !== "" && type !== "secret" ? [[name, value]] : [];
  });
  return new Map(entries);
}

type Base = { url: string; variables: BaseVariable[]; notes: string[]; pathOf(request: PostmanRequest): string | null };

/** The address that most requests begin with. `{{variable}}`s in it are filled in where they are known, or asked of connections. */
function chooseBase(requests: PostmanRequest[], values: Map<string, string>, allowedHttpHosts: string[]): Base {
  const addresses = new Map(requests.map((request) => [request, addressOf(request.url, values)]));
  const counts = new Map<string, number>();
  for (const { base } of addresses.values()) counts.set(base, (counts.get(base) ?? 0) + 1);
  const [first = ""] = [...counts].toSorted((a, b) => b[1] - a[1]).map(([base]) => base);
  const origin = originOf(first);
  // Requests on the same host that begin differently: what they share is the host.
  const mixed = [...counts.keys()].some((base) => base !== first && originOf(base) === origin);
  const url = mixed ? origin : first;
  const pathOf = (request: PostmanRequest) => {
    const { base, path } = addresses.get(request) ?? { base: "", path: "/" };
    if (base === url) return path;
    return originOf(base) === origin ? base.slice(origin.length) + path : null;
  };
  const unknown = /^\{\{([^{}]+)\}\}/.exec(first)?.[1];
  if (unknown !== undefined || first === "")
    return {
      url: "",
      variables: [],
      notes: [`the address ${first || "of its requests"} is not known: enter the base URL by hand`],
      pathOf,
    };
  const variables: BaseVariable[] = [];
  const template = url.replace(/\{\{([^{}]+)\}\}/g, (_, name: string) => {
    const key = name
      .replace(/\W+/g, "_")
      .replace(/^(?=[\d_])/, "v")
      .slice(0, 63);
    const value = values.get(name);
    if (!variables.some((variable) => variable.key === key))
      variables.push(
        BaseVariable.parse({ key, label: humanise(name), ...(value !== undefined && { default: value.slice(0, 253) }) }),
      );
    return `{${key}}`;
  });
  const problem = baseTemplateProblem(template, variables, allowedHttpHosts);
  if (problem !== null)
    return { url: "", variables: [], notes: [`the address ${url.slice(0, 200)} ${problem}: enter the base URL by hand`], pathOf };
  return { url: template, variables, notes: [], pathOf };
}

/** A leading variable that is known to be an address is filled in; what comes behind it is the path. */
function addressOf(url: string, values: Map<string, string>): { base: string; path: string } {
  const lead = /^\{\{([^{}]+)\}\}/.exec(url);
  const rest = lead ? url.slice(lead[0].length) : "";
  const value = lead ? values.get(lead[1] ?? "") : undefined;
  if (lead && value === undefined) return { base: lead[0], path: pathOf(rest) };
  if (lead && value !== undefined && /^https?:\/\//i.test(value)) return { base: value.replace(/\/+$/, ""), path: pathOf(rest) };
  const whole = lead ? (value ?? "") + rest : url;
  const [, scheme = "https", host = "", path = ""] = /^(?:(https?):\/\/)?([^/?#]*)([^?#]*)/i.exec(whole) ?? [];
  return { base: `${scheme.toLowerCase()}://${host.replace(/^.*@/, "")}`, path: pathOf(path) };
}

function originOf(base: string): string {
  return /^https?:\/\/[^/]+/i.exec(base)?.[0] ?? base;
}

/** `:id` and `{{id}}` are parameters. */
function pathOf(written: string): string {
  const path = written
    .replace(/[?#].*$/, "")
    .replace(/\{\{([^{}]+)\}\}/g, (_, name: string) => `{${wordOf(name)}}`)
    .replace(/(?<=\/):([A-Za-z_][\w-]*)/g, (_, name: string) => `{${wordOf(name)}}`);
  return path.startsWith("/") ? path : `/${path}`;
}

function wordOf(name: string): string {
  return name.replace(/\W+/g, "_").replace(/^(?=\d)/, "_");
}
