import type { Connector } from "../../shared/connector/connector.ts";

/** Whether a connection speaks to the real API or to its bundled sandbox. */
export type CallTarget = "live" | "sandbox";

/**
 * The base URL that a connector's calls start with: its own, or that of its sandbox (`sandboxes` by name, e.g. `zoominfo`).
 * Null when the connector has no sandbox or this process runs none. Never ends with a slash.
 */
export function baseUrlOf(connector: Connector, target: CallTarget, sandboxes: Record<string, string>): string | null {
  const base = target === "live" ? connector.baseUrl : connector.sandbox && sandboxes[connector.sandbox];
  return base ? base.replace(/\/+$/, "") : null;
}
