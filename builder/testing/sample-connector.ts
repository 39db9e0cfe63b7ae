import type { ConnectionSummary } from "../../shared/api/connections.ts";
import type { getConnector } from "../../shared/api/connectors.ts";
import type { Response } from "../../shared/api/route.ts";
import { applyConnectorEdit } from "../../shared/connector/apply-connector-edit.ts";
import type { ConnectorDraft, ConnectorEdit } from "../../shared/connector/connector.ts";
import { type Call, Refused } from "./fake-server.ts";

export const redirectUrl = "https://patchbay.example/api/v1/connector/callback";

/** A connector that a server keeps: edits are applied as the server does it, and the revision rises. */
export function sampleConnector(document: Partial<ConnectorDraft> = {}) {
  const loaded: Response<typeof getConnector> = {
    origin: "custom",
    revision: 3,
    sandbox: false,
    oauthClient: null,
    redirectUrl,
    tests: [],
    document: {
      schemaVersion: 1,
      key: "tracker",
      name: "Tracker",
      description: "Issues",
      baseUrl: "https://tracker.example",
      auth: { kind: "bearer" },
      incomingWebhooks: [],
      endpoints: [],
      ...document,
    },
  };
  const edits: ConnectorEdit[] = [];
  const save = ({ body }: Call) => {
    const { base, edit } = body as { base: number; edit: ConnectorEdit };
    if (base !== loaded.revision) return new Refused(409, "conflict", "changed", { revision: loaded.revision });
    const outcome = applyConnectorEdit(loaded.document, edit, { allowedHttpHosts: [] });
    if (outcome.outcome === "refused")
      return new Refused(422, "invalid_document", outcome.message, {
        issues: [{ field: `edit.${outcome.field}`, message: outcome.message }],
      });
    edits.push(edit);
    loaded.document = outcome.draft;
    loaded.revision++;
    return { revision: loaded.revision };
  };
  return { loaded, edits, answers: { "GET /connectors/tracker": () => loaded, "PATCH /connectors/tracker": save } };
}

export function sampleConnection(more: Partial<ConnectionSummary> = {}): ConnectionSummary {
  return {
    id: "con_1",
    name: "Mine",
    connector: { key: "tracker", name: "Tracker" },
    target: "live",
    baseUrl: "https://tracker.example",
    account: "ada",
    state: "healthy",
    message: null,
    ownBaseUrl: false,
    variables: {},
    retryAt: null,
    checkedAt: 1,
    credentialsSetAt: 1,
    open: {},
    fields: [{ key: "token", label: "Bearer token", secret: true }],
    flows: 0,
    ...more,
  };
}
