/**
 * The parts of a connector's page in their order: the name that each has in its address, and what it is called. A part is shown once
 * `section-views.tsx` has it as well.
 */
export const sections = [
  { name: "basics", label: "Basic information" },
  { name: "specification", label: "API specification" },
  { name: "base", label: "Base URL & authentication" },
  { name: "endpoints", label: "Endpoints" },
  { name: "connections", label: "Test connections" },
  { name: "webhooks", label: "Incoming webhooks" },
  { name: "triggers", label: "Triggers" },
  { name: "mcp", label: "MCP" },
  { name: "actions", label: "Actions" },
  { name: "versions", label: "Versions" },
] as const;
export type ConnectorSection = (typeof sections)[number]["name"];

export const sectionNames: readonly ConnectorSection[] = sections.map(({ name }) => name);
