import { type AuthScheme, apiKeysOf } from "../../shared/connector/auth-scheme.ts";
import type { OAuth2 } from "../../shared/connector/oauth2.ts";
import type { Json } from "../../shared/json.ts";
import type { JsonObject } from "./import/json-object.ts";
import { ownWordsKey } from "./import/own-words.ts";

type Exported = { schemes: JsonObject | null; security: Json[] | null };

/** An auth scheme in OpenAPI's words, as near as they come; ours go along where they say more. */
export function exportAuth(auth: AuthScheme): Exported {
  // A document is JSON, which has no undefined.
  const own = { [ownWordsKey]: { auth: JSON.parse(JSON.stringify(auth)) as Json } };
  switch (auth.kind) {
    case "none":
      return { schemes: null, security: null };
    case "bearer":
    case "basic":
      return one({ type: "http", scheme: auth.kind });
    case "jwt":
    case "token-exchange":
      return one({ type: "http", scheme: "bearer", bearerFormat: "JWT", ...own });
    case "oauth2":
      return one({ type: "oauth2", flows: { [flowNames[auth.grant]]: flowOf(auth) }, ...own }, scopesOf(auth));
    case "api-key": {
      const keys = apiKeysOf(auth);
      const schemes = keys.map(({ key, addTo }, index): [string, Json] => [
        index === 0 ? "auth" : `auth${index + 1}`,
        // OpenAPI has no key in a body.
        { type: "apiKey", in: addTo === "body" ? "header" : addTo, name: key, ...(index === 0 && own) },
      ]);
      return { schemes: Object.fromEntries(schemes), security: [Object.fromEntries(schemes.map(([name]) => [name, []]))] };
    }
  }
}

function one(scheme: JsonObject, scopes: string[] = []): Exported {
  return { schemes: { auth: scheme }, security: [{ auth: scopes }] };
}

const flowNames = {
  "authorization-code": "authorizationCode",
  "client-credentials": "clientCredentials",
  password: "password",
} as const;

function flowOf(auth: OAuth2): JsonObject {
  const { authorizationUrl, tokenUrl, refreshUrl } = auth;
  return {
    ...(auth.grant === "authorization-code" && { authorizationUrl: authorizationUrl ?? "" }),
    tokenUrl,
    ...(refreshUrl !== undefined && { refreshUrl }),
    scopes: Object.fromEntries(scopesOf(auth).map((scope) => [scope, ""])),
  };
}

function scopesOf({ scopes }: OAuth2): string[] {
  return scopes.split(/\s+/).filter((scope) => scope !== "");
}
