import { type ConnectorSection, sectionNames } from "./section-names.ts";

/** What the parts of a connector's page are called. The first page knows their names in addresses alone. */
const labels: Record<ConnectorSection, string> = {
  basics: "Basic information",
  specification: "API specification",
  base: "Base URL & authentication",
  endpoints: "Endpoints",
  connections: "Test connections",
  webhooks: "Incoming webhooks",
  triggers: "Triggers",
  mcp: "MCP",
  actions: "Actions",
  versions: "Versions",
};

/** In their order. */
export const sections = sectionNames.map((name) => ({ name, label: labels[name] }));
