import type { ConnectorSummary } from "../../../shared/api/connectors.ts";
import { standingOf } from "./connector-state.tsx";

/** Those whose name, description, category, kind of authentication or state holds every word of what was typed, in any case. */
export function findConnectors(connectors: readonly ConnectorSummary[], typed: string): readonly ConnectorSummary[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return connectors;
  return connectors.filter((connector) => {
    const { name, description, category = "", auth } = connector;
    const { word, market } = standingOf(connector);
    const text = [name, description, category, auth, word, ...market].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
