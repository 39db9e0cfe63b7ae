import type { ConnectorLabel } from "../api/runs.ts";
import type { ConnectorDraft } from "./connector.ts";

type Labelled = Pick<ConnectorDraft, "key" | "name" | "logo" | "endpoints" | "triggers">;

/** A connector as a canvas needs it: names and its picture, no schemas. */
export function connectorLabel({ key, name, logo, endpoints, triggers }: Labelled): ConnectorLabel {
  return {
    key,
    name,
    ...(logo && { logo }),
    endpoints: endpoints.map((endpoint) => ({
      key: endpoint.key,
      name: endpoint.name,
      method: endpoint.method,
      path: endpoint.path,
    })),
    ...(triggers && { triggers: triggers.map((trigger) => ({ key: trigger.key, name: trigger.name })) }),
  };
}
