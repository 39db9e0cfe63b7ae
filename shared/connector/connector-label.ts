import type { ConnectorLabel } from "../api/runs.ts";
import type { ConnectorDraft } from "./connector.ts";

/** A connector as a canvas needs it: names, no schemas. */
export function connectorLabel({ key, name, endpoints }: Pick<ConnectorDraft, "key" | "name" | "endpoints">): ConnectorLabel {
  return {
    key,
    name,
    endpoints: endpoints.map((endpoint) => ({
      key: endpoint.key,
      name: endpoint.name,
      method: endpoint.method,
      path: endpoint.path,
    })),
  };
}
