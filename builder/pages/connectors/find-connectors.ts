import type { ConnectorSummary } from "../../../shared/api/connectors.ts";

/** Those whose name, description, category or kind of authentication holds every word of what was typed, in any case. */
export function findConnectors(connectors: readonly ConnectorSummary[], typed: string): readonly ConnectorSummary[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return connectors;
  return connectors.filter(({ name, description, category = "", auth }) => {
    const text = [name, description, category, auth].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
