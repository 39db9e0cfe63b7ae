import { z } from "zod";
import { ActionCategory } from "../connector/action.ts";
import { Connector } from "../connector/connector.ts";
import { Logo } from "../connector/logo.ts";
import { EndpointLabel } from "./connectors.ts";
import { route } from "./route.ts";

const connectorParams = z.object({ connector: z.string().max(63) });

/** A frozen version of a connector. */
export const ConnectorVersion = z.object({
  number: z.int(),
  note: z.string(),
  publishedAt: z.int(),
  /** Name of the person; null for one that came with the product. */
  publishedBy: z.string().nullable(),
  /** It is the one that flows of the workspace use. */
  installed: z.boolean(),
  /** The marketplace lists it. */
  listed: z.boolean(),
  /** Names of the published flows that are pinned to it. */
  flows: z.array(z.string()),
});
export type ConnectorVersion = z.infer<typeof ConnectorVersion>;

/** What keeps a draft from being used or submitted. `section`: of its build flow; `endpoint`: whose test it is. */
export const GateProblem = z.object({ section: z.string(), endpoint: z.string().nullable(), message: z.string() });
export type GateProblem = z.infer<typeof GateProblem>;

/** Newest first. `changed`: the draft differs from the newest version; `problems`: what keeps it from becoming one. */
export const listConnectorVersions = route({
  method: "GET",
  path: "/connectors/:connector/versions",
  access: "person",
  params: connectorParams,
  response: z.object({ versions: z.array(ConnectorVersion), changed: z.boolean(), problems: z.array(GateProblem) }),
});

export const getConnectorVersion = route({
  method: "GET",
  path: "/connectors/:connector/versions/:version",
  access: "person",
  params: connectorParams.extend({ version: z.coerce.number().int().min(1).max(1_000_000_000) }),
  response: z.object({ number: z.int(), document: Connector }),
});

/**
 * Freezes the draft at `revision` as the next version and, with `install`, makes it the one that flows use ("Add app now"): every
 * endpoint's test must have passed since its last change. `invalid_document` with `details.problems: GateProblem[]`; `conflict` when
 * the draft has moved on.
 */
export const publishConnectorVersion = route({
  method: "POST",
  path: "/connectors/:connector/versions",
  access: "administrator",
  params: connectorParams,
  body: z.object({
    revision: z.int(),
    note: z.string().trim().max(500, "at most 500 characters").default(""),
    install: z.boolean().default(false),
  }),
  response: z.object({ number: z.int() }),
});

/** Makes a version the one that flows use from now on; those that are published stay with theirs until somebody upgrades them. */
export const installConnector = route({
  method: "PUT",
  path: "/connectors/:connector/installation",
  access: "administrator",
  params: connectorParams,
  body: z.object({ version: z.int() }),
  response: z.object({}),
});

/** `conflict` while a flow uses it, naming them. */
export const uninstallConnector = route({
  method: "DELETE",
  path: "/connectors/:connector/installation",
  access: "administrator",
  params: connectorParams,
  response: z.object({}),
});

/** A connector as the palette of the canvas offers it: its installed version. */
export const InstalledConnector = z.object({
  key: z.string(),
  name: z.string(),
  logo: Logo.optional(),
  version: z.int(),
  endpoints: z.array(EndpointLabel),
  triggers: z.array(z.object({ key: z.string(), name: z.string(), description: z.string() })),
  actions: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      description: z.string(),
      category: ActionCategory,
      /** Key of the endpoint that it calls. */
      endpoint: z.string(),
    }),
  ),
});
export type InstalledConnector = z.infer<typeof InstalledConnector>;

export const listInstalled = route({
  method: "GET",
  path: "/installed-connectors",
  access: "person",
  response: z.object({ connectors: z.array(InstalledConnector) }),
});
