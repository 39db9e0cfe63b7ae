import { z } from "zod";
import { CredentialField } from "../connector/credential-field.ts";
import { route } from "./route.ts";

/** Stored credentials for a connector, without the credentials. */
export const ConnectionSummary = z.object({
  id: z.string(),
  name: z.string(),
  connector: z.object({ key: z.string(), name: z.string() }),
  target: z.enum(["live", "sandbox"]),
  /** Where its calls go, its variables filled in. */
  baseUrl: z.string(),
  /** It has a base URL of its own, within the host pattern of the connector. */
  ownBaseUrl: z.boolean(),
  /** Values of the base URL's variables, by key. */
  variables: z.record(z.string(), z.string()),
  /** Who the outside API says we are, once a verification has found it. */
  account: z.string().nullable(),
  /**
   * `unverified`: never checked; `broken`: the API refused the credentials when they were last checked, or the base URL is on another
   * host than the one they were entered for, where they are not sent; `needs-authorization`: nobody has signed in to the OAuth
   * provider yet, or it refuses to go on; `cooling-down`: its token endpoint fails for the moment, and is asked again at `retryAt`.
   */
  state: z.enum(["unverified", "healthy", "broken", "needs-authorization", "cooling-down"]),
  retryAt: z.int().nullable(),
  /** What the API answered when it was last checked, or why the credentials are not sent. */
  message: z.string().nullable(),
  checkedAt: z.int().nullable(),
  credentialsSetAt: z.int(),
  /** Values that are no secret, by field key, e.g. the user name. */
  open: z.record(z.string(), z.string()),
  fields: z.array(CredentialField),
  /** Published flows that use it. */
  flows: z.int(),
});
export type ConnectionSummary = z.infer<typeof ConnectionSummary>;

const name = z.string().trim().min(1, "enter a name").max(120, "at most 120 characters");
const credentials = z.record(z.string().max(63), z.string().max(10_000, "at most 10,000 characters"));
const connectionParams = z.object({ connection: z.string().max(100) });

export const listConnections = route({
  method: "GET",
  path: "/connections",
  access: "person",
  query: z.object({ connector: z.string().max(63).optional() }),
  response: z.object({ connections: z.array(ConnectionSummary) }),
});

/** What a check of credentials came to: the API's own answer, and the account it named. */
export const ConnectionCheck = z.object({
  /** `unchecked`: the connector declares no verification request; `needs-authorization`: a person has to sign in (`authorizeConnection`). */
  outcome: z.enum(["healthy", "broken", "unreachable", "unchecked", "needs-authorization"]),
  status: z.int().nullable(),
  message: z.string(),
  account: z.string().nullable(),
});
export type ConnectionCheck = z.infer<typeof ConnectionCheck>;

const variables = z.record(z.string().max(63), z.string().max(253, "at most 253 characters"));
/** "" is the connector's. */
const baseUrl = z.string().trim().max(2_000);
/**
 * The connector's base URL as it was shown to whoever enters credentials: `conflict` with the one of now in `details.baseUrl` when it
 * was changed meanwhile, so that nothing goes to a host that nobody has seen.
 */
const shownBaseUrl = z.string().max(2_000);

/** Stores credentials (sealed) and checks them at once; a failed check keeps the connection, so that nothing typed is lost. `bad_request` before there is a base URL to send them to. */
export const createConnection = route({
  method: "POST",
  path: "/connections",
  access: "person",
  body: z.object({
    connector: z.string().max(63),
    name,
    target: z.enum(["live", "sandbox"]).default("live"),
    credentials,
    variables: variables.optional(),
    baseUrl: baseUrl.optional(),
    shownBaseUrl: shownBaseUrl.optional(),
  }),
  response: z.object({ connection: z.string(), check: ConnectionCheck }),
});

/**
 * Renames, or replaces credentials: fields left out keep their value, unless the base URL is on another host by now. New credentials
 * are checked at once, and good for the host that the base URL names now. Other variables or another base URL need the credentials
 * anew when they name another host.
 */
export const updateConnection = route({
  method: "PATCH",
  path: "/connections/:connection",
  access: "person",
  params: connectionParams,
  body: z.object({
    name: name.optional(),
    credentials: credentials.optional(),
    variables: variables.optional(),
    baseUrl: baseUrl.optional(),
    shownBaseUrl: shownBaseUrl.optional(),
  }),
  response: z.object({ check: ConnectionCheck.nullable() }),
});

/** Sends the connector's verification request. */
export const checkConnection = route({
  method: "POST",
  path: "/connections/:connection/check",
  access: "person",
  params: connectionParams,
  response: z.object({ check: ConnectionCheck }),
});

/**
 * Begins an authorization at the connector's OAuth provider: the URL to send the person's browser to. It comes back to
 * `/api/v1/connector/callback`, which sends it on to `returnTo` (a path of ours) with `connection` and `authorized` (`yes` or `no`) in
 * the query, and `reason` when it is `no`. `bad_request` when the connector's scheme needs no person, or has no client yet.
 */
export const authorizeConnection = route({
  method: "POST",
  path: "/connections/:connection/authorize",
  access: "person",
  params: connectionParams,
  body: z.object({ returnTo: z.string().max(500).startsWith("/", "must be a path").default("/connections") }),
  response: z.object({ url: z.string() }),
});

/** `conflict` while published flows use it, naming them. */
export const deleteConnection = route({
  method: "DELETE",
  path: "/connections/:connection",
  access: "person",
  params: connectionParams,
  response: z.object({}),
});
