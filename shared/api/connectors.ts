import { z } from "zod";
import { AuthScheme } from "../connector/auth-scheme.ts";
import { BaseVariable } from "../connector/base-variable.ts";
import { ConnectorDraft, ConnectorEdit, maxEndpoints } from "../connector/connector.ts";
import { HttpMethod } from "../connector/endpoint.ts";
import { Logo } from "../connector/logo.ts";
import { DynamicLink, LinkOptions } from "../connector/parameter-link.ts";
import { Json } from "../json.ts";
import { route } from "./route.ts";

/** An endpoint as lists and the palette of the canvas need it. */
export const EndpointLabel = z.object({
  key: z.string(),
  name: z.string(),
  description: z.string().optional(),
  method: HttpMethod,
  path: z.string(),
  effect: z.enum(["read", "idempotent", "unsafe"]),
});
export type EndpointLabel = z.infer<typeof EndpointLabel>;

export const ConnectorSummary = z.object({
  key: z.string(),
  name: z.string(),
  description: z.string(),
  category: z.string().optional(),
  logo: Logo.optional(),
  /** What its draft still misses before it can be published, in words; left out for built-in ones. */
  missing: z.array(z.string()).optional(),
  /** The version that flows of this workspace use; left out while it is not added to it. */
  installed: z.int().optional(),
  /** A version of it waits for the marketplace's review. */
  inReview: z.boolean().optional(),
  /** The marketplace lists a version of it. */
  listed: z.boolean().optional(),
  /** Built-in ones belong to the product and cannot be edited. */
  origin: z.enum(["built-in", "custom"]),
  auth: z.string(),
  endpoints: z.array(EndpointLabel),
  connections: z.int(),
  /** Published flows that use it. */
  flows: z.int(),
  updatedAt: z.int(),
});
export type ConnectorSummary = z.infer<typeof ConnectorSummary>;

export const AssertionResult = z.object({ passed: z.boolean(), message: z.string() });
export type AssertionResult = z.infer<typeof AssertionResult>;

/** The last test of an endpoint. `stale`: the endpoint, the base URL or the auth scheme was changed since. */
export const EndpointTest = z.object({
  endpoint: z.string(),
  passed: z.boolean(),
  stale: z.boolean(),
  testedAt: z.int(),
  status: z.int().nullable(),
  message: z.string(),
  /** Sample inputs that it was made with. */
  inputs: z.record(z.string(), Json),
  connection: z.string().nullable(),
  /** What its assertions came to. */
  assertions: z.array(AssertionResult),
});
export type EndpointTest = z.infer<typeof EndpointTest>;

const connectorParams = z.object({ connector: z.string().max(63) });
const endpointParams = connectorParams.extend({ endpoint: z.string().max(63) });

export const listConnectors = route({
  method: "GET",
  path: "/connectors",
  access: "person",
  response: z.object({
    connectors: z.array(ConnectorSummary),
    /** Where an OAuth provider is to send people back to: this installation's own callback. */
    redirectUrl: z.string(),
  }),
});

export const getConnector = route({
  method: "GET",
  path: "/connectors/:connector",
  access: "person",
  params: connectorParams,
  response: z.object({
    origin: z.enum(["built-in", "custom"]),
    /** What a save is based on. */
    revision: z.int(),
    document: ConnectorDraft,
    tests: z.array(EndpointTest),
    /** The OAuth client that serves all its connections, when it has one; its secret is never read back. */
    oauthClient: z.object({ clientId: z.string(), hasSecret: z.boolean(), setAt: z.int() }).nullable(),
    /** Where an OAuth provider is to send people back to: this installation's own callback. */
    redirectUrl: z.string(),
    /** Whether this server runs the connector's sandbox, so that connections may point at it. */
    sandbox: z.boolean(),
  }),
});

/**
 * Makes a connector: from an import with the endpoints that were chosen (by key), or an empty one by hand. What is given beside an
 * import takes the place of what the file says.
 */
export const createConnector = route({
  method: "POST",
  path: "/connectors",
  access: "administrator",
  body: z.object({
    name: z.string().trim().min(1, "enter a name").max(120, "at most 120 characters"),
    description: z.string().trim().max(250, "at most 250 characters").default(""),
    category: z.string().trim().max(120).optional(),
    logo: Logo.optional(),
    baseUrl: z.string().trim().max(2_000).optional(),
    /** Of the base URL. */
    variables: z.array(BaseVariable).max(10).optional(),
    auth: AuthScheme.optional(),
    from: z.object({ import: z.string().max(100), endpoints: z.array(z.string()).max(maxEndpoints) }).optional(),
  }),
  response: z.object({ connector: z.string() }),
});

/** Saves one section of the draft. `conflict` with `details.revision` on a stale base; `invalid_document` names field and limit in `details.issues`. */
export const editConnector = route({
  method: "PATCH",
  path: "/connectors/:connector",
  access: "administrator",
  params: connectorParams,
  body: z.object({ base: z.int(), edit: ConnectorEdit }),
  response: z.object({ revision: z.int() }),
});

/**
 * Registers the OAuth client that serves all connections of a connector. A secret that is left out stays as it is, when the client id
 * and the provider's hosts do.
 */
export const setOAuthClient = route({
  method: "PUT",
  path: "/connectors/:connector/oauth-client",
  access: "administrator",
  params: connectorParams,
  body: z.object({
    clientId: z.string().trim().min(1, "enter the client ID").max(500),
    clientSecret: z.string().max(10_000, "at most 10,000 characters").optional(),
  }),
  response: z.object({}),
});

/** `conflict` while a flow or a connection uses it, naming them. */
export const deleteConnector = route({
  method: "DELETE",
  path: "/connectors/:connector",
  access: "administrator",
  params: connectorParams,
  response: z.object({}),
});

/** What a test call came to: the request as sent, secrets masked, and the answer. */
export const TestResult = z.object({
  passed: z.boolean(),
  /** As in `CallOutcome`, or `invalid-input` when nothing was sent. */
  outcome: z.string(),
  message: z.string(),
  /** By parameter key, for `invalid-input`. */
  problems: z.array(z.object({ parameter: z.string(), message: z.string() })),
  request: z
    .object({
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      /** As in `RequestToSend`. */
      body: Json,
      encoding: z.enum(["form", "multipart", "raw"]).optional(),
    })
    .nullable(),
  response: z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: Json }).nullable(),
  assertions: z.array(AssertionResult),
  durationMs: z.number(),
  testedAt: z.int(),
});
export type TestResult = z.infer<typeof TestResult>;

/**
 * Calls an endpoint of the draft with sample inputs (Run test), and keeps the outcome as its last test. Inputs may take values of other
 * endpoints' tests: `{{tests.<endpoint>.body.id}}`.
 */
export const testEndpoint = route({
  method: "POST",
  path: "/connectors/:connector/endpoints/:endpoint/test",
  access: "administrator",
  params: endpointParams,
  body: z.object({ connection: z.string().max(100).nullable(), inputs: z.record(z.string(), Json) }),
  response: TestResult,
});

/** An answer of a test that passed, cut where it is long. */
export const EndpointSample = z.object({ status: z.int(), body: Json, takenAt: z.int() });
export type EndpointSample = z.infer<typeof EndpointSample>;

/** The last answers of an endpoint's tests that passed, the newest first: response parameters are pulled from them. */
export const listSamples = route({
  method: "GET",
  path: "/connectors/:connector/endpoints/:endpoint/samples",
  access: "administrator",
  params: endpointParams,
  response: z.object({ samples: z.array(EndpointSample) }),
});

/** The list behind a linked parameter: one resolver for the test console, the flow panel and run time. `search`: what a person typed. */
export const listOptions = route({
  method: "POST",
  path: "/connectors/:connector/endpoints/:endpoint/options",
  access: "person",
  params: endpointParams,
  body: z.object({
    parameter: z.string().max(120),
    connection: z.string().max(100).nullable(),
    /** Fixed inputs of the same endpoint, by parameter key. */
    inputs: z.record(z.string(), Json),
    search: z.string().max(200).default(""),
    /** Asks the API again instead of using the kept list. */
    refresh: z.boolean().default(false),
    /** How many pages to fetch at most, for more than the link says. */
    pages: z.int().min(1).max(100).optional(),
    /** Whose entry is wanted too, whether or not it is among those listed. */
    value: Json.optional(),
    /** The connector as this version has it; the draft when left out. */
    version: z.int().min(1).optional(),
    /** Tries a link that is not saved yet; for administrators, `forbidden` for others. */
    link: DynamicLink.optional(),
  }),
  response: z.object({ result: LinkOptions }),
});

/**
 * Stores a picture for a connector, which a save of its basics then names. `invalid_document` with one issue for each rule of
 * `logoRules` that it breaks. `GET /api/v1/logos/:sha256` shows it to the people of the workspace.
 */
export const uploadLogo = route({
  method: "POST",
  path: "/logos",
  access: "administrator",
  maxBodyBytes: 3 * 1024 * 1024,
  body: z.object({ base64: z.base64("is not base64") }),
  response: z.object({ logo: Logo }),
});
