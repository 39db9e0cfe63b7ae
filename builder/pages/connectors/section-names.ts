/** The parts of a connector's page in their order, by the name that each has in its address. */
export const sectionNames = [
  "basics",
  "specification",
  "base",
  "endpoints",
  "connections",
  "webhooks",
  "triggers",
  "mcp",
  "actions",
  "versions",
] as const;
export type ConnectorSection = (typeof sectionNames)[number];
