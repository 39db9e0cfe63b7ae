import { z } from "zod";
import { type CredentialField, TokenPlacement } from "./credential-field.ts";

/** In characters. */
export const oauthLimits = { url: 2_000, scopes: 500 };

const extra = z.record(z.string().min(1).max(120), z.string().max(2_000)).default({});
/** https, or http where the operator allows it; may hold `{variable}` of the base URL. */
const EndpointUrl = z.string().trim().min(1, "enter the URL").max(oauthLimits.url);

/**
 * OAuth 2 (RFC 6749): authorization code with PKCE (RFC 7636), client credentials, or the resource owner's password, which Zoom calls
 * "passwordless credentials". Options that are left out are as the RFCs say.
 */
export const OAuth2 = z.object({
  kind: z.literal("oauth2"),
  grant: z.enum(["authorization-code", "client-credentials", "password"]),
  /** Needed for `authorization-code`. */
  authorizationUrl: EndpointUrl.optional(),
  tokenUrl: EndpointUrl,
  /** Where tokens are refreshed, when that is not `tokenUrl`. */
  refreshUrl: EndpointUrl.optional(),
  /** Scope names, separated by spaces. */
  scopes: z.string().trim().max(oauthLimits.scopes, `at most ${oauthLimits.scopes} characters`).default(""),
  /** What separates them on the wire. */
  scopeSeparator: z.enum([" ", ",", "+", ";"]).default(" "),
  /** Some providers refuse the parameters of PKCE. */
  pkce: z.boolean().default(true),
  /** RFC 6749, 2.3.1: HTTP Basic, or `client_id` and `client_secret` in the body. */
  clientAuthentication: z.enum(["header", "body"]).default("header"),
  /** Whose client it is: `connector`, the same for all connections, or each connection brings its own. */
  client: z.enum(["connector", "connection"]).default("connector"),
  /** How requests for tokens are written. */
  tokenBody: z.enum(["form", "json"]).default("form"),
  authorizeParameters: extra,
  tokenParameters: extra,
  refreshParameters: extra,
  /** Issuer to be expected in the callback (RFC 9207), when the provider sends one. */
  issuer: z.string().trim().max(oauthLimits.url).optional(),
  /** Where the access token is in the answer. */
  tokenPath: z.string().min(1).max(200).default("access_token"),
  placement: TokenPlacement.default({ header: "Authorization", prefix: "Bearer " }),
  /** Values of the token response that become variables of the connection, by variable key, e.g. `instance_url`. */
  metadata: z.record(z.string().max(63), z.string().min(1).max(200)).default({}),
  /** "Identity endpoint": who signed in. A path below the base URL, or an https URL; `parameter` is a path in its answer. */
  identity: z
    .object({ url: z.string().trim().min(1).max(oauthLimits.url), parameter: z.string().trim().min(1).max(200) })
    .optional(),
});
export type OAuth2 = z.infer<typeof OAuth2>;

/** Path of the callback at this installation's own address. */
export const oauthCallbackPath = "/api/v1/connector/callback";

/** What a person who connects is asked for. */
export function oauth2Fields({ grant, client }: Pick<OAuth2, "grant" | "client">): CredentialField[] {
  const own: CredentialField[] = [
    { key: "clientId", label: "Client ID", secret: false },
    { key: "clientSecret", label: "Client secret", secret: true, optional: grant === "authorization-code" },
  ];
  const person: CredentialField[] = [
    { key: "username", label: "User Name", secret: false },
    { key: "password", label: "Password", secret: true },
  ];
  return [...(client === "connection" ? own : []), ...(grant === "password" ? person : [])];
}
