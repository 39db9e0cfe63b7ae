import { ApiKeyAuth, type AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import type { Json } from "../../../shared/json.ts";
import { schemeOf } from "./auth-scheme.ts";
import { type JsonObject, listOf, objectOf, textOf } from "./json-object.ts";
import type { PostmanRequest } from "./postman-requests.ts";

type Found = { auth: AuthScheme; words: string; notes: string[] };

/** What most requests prove themselves with, the collection's own first. Keys, passwords and tokens in it are not read. */
export function postmanAuth(collection: JsonObject, requests: PostmanRequest[], allowedHttpHosts: string[]): Found {
  const counts = new Map<string, { auth: Json; count: number }>();
  for (const auth of [collection.auth, ...requests.map((request) => request.auth)]) {
    const type = textOf(objectOf(auth).type);
    if (auth === undefined || type === undefined || type === "noauth") continue;
    const known = counts.get(type) ?? { auth, count: 0 };
    counts.set(type, { ...known, count: known.count + 1 });
  }
  const notes: string[] = [];
  for (const [type, { auth }] of [...counts].toSorted((a, b) => b[1].count - a[1].count)) {
    const found = schemeFor(type, fieldsOf(objectOf(auth)[type]), allowedHttpHosts);
    if (typeof found === "string") {
      notes.push(`the authentication "${type.slice(0, 40)}" (${found})`);
      continue;
    }
    for (const other of counts.keys())
      if (other !== type) notes.push(`the authentication "${other.slice(0, 40)}": a connector has one, and "${type}" was taken`);
    return { ...found, notes: [...new Set(notes)] };
  }
  return { auth: { kind: "none" }, words: "None", notes };
}

/** Version 2.1 writes a list of keys and values. */
function fieldsOf(value: Json | undefined): Map<string, string> {
  return new Map(
    listOf(value).flatMap((given): [string, string][] => {
      const { key, value: text } = objectOf(given);
      return typeof key === "string" && typeof text === "string" ? [[key, text]] : [];
    }),
  );
}

const flows: Record<string, string> = {
  authorization_code: "authorizationCode",
  authorization_code_with_pkce: "authorizationCode",
  client_credentials: "clientCredentials",
  password_credentials: "password",
};

/** Or why it cannot be used. */
function schemeFor(
  type: string,
  fields: Map<string, string>,
  allowedHttpHosts: string[],
): { auth: AuthScheme; words: string } | string {
  if (type === "basic" || type === "bearer") return schemeOrReason({ type: "http", scheme: type }, allowedHttpHosts);
  if (type === "apikey") {
    const key = fields.get("key") ?? "";
    const auth = ApiKeyAuth.safeParse({ kind: "api-key", key, addTo: fields.get("in") === "query" ? "query" : "header" });
    if (!auth.success) return `its key "${key.slice(0, 60)}" is a variable or cannot be sent`;
    return schemeOrReason({ type: "apiKey", in: auth.data.addTo, name: auth.data.key }, allowedHttpHosts);
  }
  if (type !== "oauth2") return "it is not supported";
  const flow = flows[fields.get("grant_type") ?? "authorization_code"];
  if (flow === undefined) return "its grant is not supported: set up another one by hand";
  const scopes = (fields.get("scope") ?? "").split(/[\s,]+/).filter((scope) => scope !== "" && !scope.includes("{{"));
  const scheme = {
    type: "oauth2",
    flows: {
      [flow]: {
        authorizationUrl: fields.get("authUrl") ?? "",
        tokenUrl: fields.get("accessTokenUrl") ?? "",
        ...(fields.has("refreshTokenUrl") && { refreshUrl: fields.get("refreshTokenUrl") ?? "" }),
        scopes: Object.fromEntries(scopes.map((scope) => [scope, ""])),
      },
    },
  };
  return schemeOrReason(scheme, allowedHttpHosts);
}

function schemeOrReason(scheme: JsonObject, allowedHttpHosts: string[]): { auth: AuthScheme; words: string } | string {
  const found = schemeOf(scheme, { scopes: [], allowedHttpHosts, origin: null });
  return "problem" in found ? found.problem : { auth: found.auth, words: found.words };
}
