import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Check, CircleDashed, Minus } from "lucide-react";
import { missingToPublish, type SectionStatus, sectionStatuses } from "../../../shared/connector/section-status.ts";
import { connectionsQuery } from "../../api/queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { ConnectorLogo } from "./connector-logo.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import type { ConnectorSection } from "./section-names.ts";
import { sections } from "./sections.ts";

/** The parts of a connector, in any order; beside each what it still misses, for whoever may put that right. */
export function SectionNav({
  loaded,
  section,
  readOnly,
}: {
  loaded: LoadedConnector;
  section: ConnectorSection;
  readOnly: boolean;
}) {
  const { document, origin, tests, oauthClient } = loaded;
  const { data } = useQuery(connectionsQuery(document.key));
  const connections = data?.connections ?? [];
  const statuses = sectionStatuses({ draft: document, tests, connections, hasOAuthClient: oauthClient !== null });
  const missing = missingToPublish(statuses).length;
  const passed = tests.filter((test) => test.passed && !test.stale).length;
  const counts: Partial<Record<ConnectorSection, string>> = {
    ...(document.endpoints.length > 0 && { endpoints: `${passed}/${document.endpoints.length} passed` }),
    ...(connections.length > 0 && { connections: String(connections.length) }),
  };
  return (
    <nav aria-label="Sections" className="flex w-64 shrink-0 flex-col gap-0.5 overflow-y-auto border-line border-r p-3">
      <div className="flex flex-col gap-2 px-2 pt-1 pb-3">
        <div className="flex items-center gap-2.5">
          <ConnectorLogo name={document.name} logo={document.logo} />
          <h1 className="min-w-0 truncate font-semibold text-base">{document.name}</h1>
        </div>
        <div>
          {origin === "built-in" ? (
            <Badge>Built in</Badge>
          ) : missing > 0 ? (
            <Badge tone="waiting">{missing === 1 ? "Draft · 1 thing is missing" : `Draft · ${missing} things are missing`}</Badge>
          ) : (
            <Badge tone="succeeded">Nothing is missing</Badge>
          )}
        </div>
      </div>
      {sections.map(({ name, label }) => (
        <Link
          key={name}
          to="/connectors/$connector"
          params={{ connector: document.key }}
          search={{ section: name }}
          aria-current={name === section ? "page" : undefined}
          className={clsx(
            "flex min-h-8 gap-2 rounded-control px-2 py-1.5 text-sm transition-colors hover:bg-hover",
            name === section ? "bg-pressed font-medium" : "text-muted",
          )}
        >
          {readOnly ? (
            <span className="min-w-0 flex-1">{label}</span>
          ) : (
            <WithStatus label={label} status={statuses[name]} count={counts[name]} />
          )}
        </Link>
      ))}
    </nav>
  );
}

function WithStatus({
  label,
  status: { state, missing },
  count = state === "optional" ? "Optional" : undefined,
}: {
  label: string;
  status: SectionStatus;
  count: string | undefined;
}) {
  const icon = "mt-0.5 size-3.5 shrink-0";
  return (
    <>
      {state === "done" ? (
        <Check aria-label="done" className={clsx(icon, "text-succeeded-text")} />
      ) : state === "missing" ? (
        <CircleDashed aria-hidden="true" className={clsx(icon, "text-waiting-text")} />
      ) : (
        <Minus aria-hidden="true" className={clsx(icon, "text-faint")} />
      )}
      <span className="flex min-w-0 flex-1 flex-col">
        <span>{label}</span>
        {missing.length > 0 && <span className="font-normal text-muted text-xs">Missing: {missing.join(", ")}</span>}
      </span>
      {count && <span className="mt-0.5 font-normal text-muted text-xs tabular-nums">{count}</span>}
    </>
  );
}
