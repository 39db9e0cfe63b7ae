/** The parts of a connector's page, by the name they have in its address. */
export const connectorSections = ["basics", "base", "connections", "endpoints"] as const;
export type ConnectorSection = (typeof connectorSections)[number];
