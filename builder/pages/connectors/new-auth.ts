import { unreachable } from "../../../shared/app-error.ts";
import type { AuthScheme, JwtAuth } from "../../../shared/connector/auth-scheme.ts";
import type { OAuth2 } from "../../../shared/connector/oauth2.ts";
import type { SignedJwt } from "../../../shared/connector/signed-jwt.ts";

export type AuthKind = AuthScheme["kind"];

/** A scheme as it begins: what the standards say, and nothing of one API. */
export function newAuth(kind: AuthKind): AuthScheme {
  switch (kind) {
    case "none":
    case "bearer":
    case "basic":
      return { kind };
    case "api-key":
      return { kind, displayName: "API key", key: "", addTo: "header" };
    case "jwt":
      return newJwtAuth();
    case "oauth2":
      return newOAuth();
    case "token-exchange":
      return {
        kind,
        fields: [
          { key: "username", label: "User name", secret: false },
          { key: "password", label: "Password", secret: true },
        ],
        request: {
          method: "POST",
          path: "/authenticate",
          body: { username: "{{credentials.username}}", password: "{{credentials.password}}" },
        },
        tokenPath: "jwt",
        expiresInMs: 3_600_000,
        placement: { header: "Authorization", prefix: "Bearer " },
      };
    default:
      return unreachable(kind);
  }
}

export function newSignedJwt(): SignedJwt {
  return { algorithm: "HS256", secretEncoding: "text", header: {}, payload: {}, lifetimeMs: 300_000, backdateMs: 0 };
}

function newJwtAuth(): JwtAuth {
  return { kind: "jwt", jwt: newSignedJwt(), fields: [], addTo: "header", name: "Authorization", prefix: "Bearer " };
}

function newOAuth(): OAuth2 {
  return {
    kind: "oauth2",
    grant: "authorization-code",
    authorizationUrl: "",
    tokenUrl: "",
    scopes: "",
    scopeSeparator: " ",
    pkce: true,
    clientAuthentication: "header",
    client: "connector",
    tokenBody: "form",
    authorizeParameters: {},
    tokenParameters: {},
    refreshParameters: {},
    tokenPath: "access_token",
    placement: { header: "Authorization", prefix: "Bearer " },
    metadata: {},
  };
}

/** What a person still has to enter, by field as the server names it; nothing is sent before. */
export function missingInAuth(auth: AuthScheme): Record<string, string> {
  switch (auth.kind) {
    case "none":
    case "bearer":
    case "basic":
      return {};
    case "api-key":
      return Object.fromEntries([
        ...(auth.displayName.trim() === "" ? [["auth.displayName", "Enter what people who connect are asked for."]] : []),
        ...(auth.key.trim() === "" ? [["auth.key", "Enter the name of the key."]] : []),
        ...(auth.others ?? []).flatMap(({ key }, index) =>
          key.trim() === "" ? [[`auth.others.${index}.key`, "Enter the name of the key."]] : [],
        ),
      ]);
    case "jwt":
      return auth.name.trim() === "" ? { "auth.name": "Enter the name." } : {};
    case "oauth2":
      return {
        ...(auth.grant === "authorization-code" &&
          !auth.authorizationUrl && { "auth.authorizationUrl": "Enter the Authorization URL." }),
        ...(auth.tokenUrl.trim() === "" && { "auth.tokenUrl": "Enter the Access token URL." }),
      };
    case "token-exchange":
      return {
        ...(!auth.request.path.startsWith("/") && { "auth.request.path": "Enter a path that begins with /." }),
        ...(auth.tokenPath.trim() === "" && { "auth.tokenPath": "Enter where the token is in the answer." }),
      };
    default:
      return unreachable(auth);
  }
}
