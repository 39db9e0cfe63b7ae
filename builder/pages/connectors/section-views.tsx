import type { ReactNode } from "react";
import { ActionsSection } from "../actions/actions-section.tsx";
import { BaseSection } from "./base-section.tsx";
import { BasicsSection } from "./basics-section.tsx";
import { ConnectionsSection } from "./connections-section.tsx";
import { EndpointsSection } from "./endpoints-section.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { McpSection } from "./mcp-section.tsx";
import type { ConnectorSection } from "./section-names.ts";
import { SpecificationSection } from "./specification-section.tsx";
import { TriggersSection } from "./triggers-section.tsx";
import { VersionsSection } from "./versions-section.tsx";
import { WebhooksSection } from "./webhooks-section.tsx";

/** `readOnly`: facts instead of forms. `mayTest`: endpoints may be called, also those of a built-in connector. */
export type SectionProps = { loaded: LoadedConnector; readOnly: boolean; mayTest: boolean };

/** What each part of a connector's page shows. */
export const sectionViews: Record<ConnectorSection, (props: SectionProps) => ReactNode> = {
  basics: BasicsSection,
  specification: SpecificationSection,
  base: BaseSection,
  endpoints: EndpointsSection,
  connections: ConnectionsSection,
  webhooks: WebhooksSection,
  triggers: TriggersSection,
  mcp: McpSection,
  actions: ActionsSection,
  versions: VersionsSection,
};
