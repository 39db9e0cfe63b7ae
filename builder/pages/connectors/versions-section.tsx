import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ConnectorVersion, GateProblem, listConnectorVersions } from "../../../shared/api/connector-versions.ts";
import type { Response } from "../../../shared/api/route.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorVersionsQuery } from "../../api/queries.ts";
import { installConnector, publishConnectorVersion, uninstallConnector } from "../../api/routes.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Menu } from "../../ui/menu.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { SectionFrame } from "./section-frame.tsx";
import { SubmitToMarketplace } from "./submit-to-marketplace.tsx";
import { useRefreshVersions } from "./use-refresh-versions.ts";

type Loaded = Response<typeof listConnectorVersions>;

/** Frozen versions of a connector: which one flows use here, which one the marketplace lists, and what is in the way of the next. */
export function VersionsSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const { document } = loaded;
  const { data, error, refetch } = useQuery(connectorVersionsQuery(document.key));
  return (
    <SectionFrame
      title="Versions"
      lead="A version is frozen: flows that use it go on as they are, whatever is changed here. Add one to this workspace, or submit it to the marketplace."
    >
      {data ? (
        <>
          {!readOnly && <LocalTest loaded={loaded} data={data} />}
          {!readOnly && <SubmitToMarketplace loaded={loaded} newest={data.versions[0]?.number ?? null} changed={data.changed} />}
          <VersionList connector={document.key} versions={data.versions} readOnly={readOnly} />
        </>
      ) : error ? (
        <ApiProblem error={error} what="The versions could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </SectionFrame>
  );
}

function LocalTest({ loaded, data }: { loaded: LoadedConnector; data: Loaded }) {
  const { document, revision } = loaded;
  const [note, setNote] = useState("");
  const refresh = useRefreshVersions();
  const add = useMutation({
    mutationFn: () =>
      call(publishConnectorVersion, { params: { connector: document.key }, body: { revision, note, install: true } }),
    onSuccess: async ({ number }) => {
      setNote("");
      notify("done", `Version ${number} is added`, "Flows of this workspace can use it now.");
      await refresh();
    },
    onError: (fault) => notify("failed", "Nothing was added", explain(fault).why),
  });
  const installed = data.versions.find((version) => version.installed);
  const isNew = data.changed || !installed || installed.number !== data.versions[0]?.number;
  return (
    <section aria-label="Local test" className="flex flex-col gap-4 rounded-card border border-line p-4">
      <div className="flex flex-col gap-1">
        <h3 className="font-semibold text-base">Local test</h3>
        <p className="text-muted text-sm">
          {installed
            ? `Version ${installed.number} is in this workspace.${data.changed ? " The draft has changed since." : ""}`
            : "Flows of this workspace cannot use it yet."}
        </p>
      </div>
      {data.problems.length > 0 ? (
        <Gate connector={document.key} problems={data.problems} />
      ) : isNew ? (
        <div className="flex items-end gap-3">
          <div className="min-w-0 flex-1">
            <Field label="What is new">
              {(control) => <Input {...control} value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />}
            </Field>
          </div>
          <Button look="primary" busy={add.isPending} onClick={() => add.mutate()}>
            Add app now
          </Button>
        </div>
      ) : (
        <p className="text-sm text-succeeded-text">Everything in the draft is added.</p>
      )}
    </section>
  );
}

const shownProblems = 8;

/** Every test must have passed before internal use and before a submission: which have not. */
function Gate({ connector, problems }: { connector: string; problems: readonly GateProblem[] }) {
  return (
    <div className="flex flex-col gap-2 rounded-control bg-waiting-tint px-3 py-2 text-sm text-waiting-text">
      <p className="font-medium">Missing before it can be used or submitted</p>
      <ul className="flex flex-col gap-1">
        {problems.slice(0, shownProblems).map(({ section, endpoint, message }) => (
          <li key={`${section} ${endpoint} ${message}`}>
            <Link
              to="/connectors/$connector"
              params={{ connector }}
              search={{ section: section === "base" ? "base" : "endpoints", ...(endpoint !== null && { endpoint }) }}
              className="underline"
            >
              {message}
            </Link>
          </li>
        ))}
        {problems.length > shownProblems && (
          <li>
            and {problems.length - shownProblems} more: <b className="font-medium">Test all endpoints</b> runs them in order
          </li>
        )}
      </ul>
    </div>
  );
}

function VersionList({
  connector,
  versions,
  readOnly,
}: {
  connector: string;
  versions: readonly ConnectorVersion[];
  readOnly: boolean;
}) {
  if (versions.length === 0)
    return <p className="text-muted text-sm">There is no version yet: the first one is made when the app is added.</p>;
  return (
    <ul aria-label="Versions" className="divide-y divide-line rounded-card border border-line">
      {versions.map((version) => (
        <VersionRow key={version.number} connector={connector} version={version} readOnly={readOnly} />
      ))}
    </ul>
  );
}

function VersionRow({ connector, version, readOnly }: { connector: string; version: ConnectorVersion; readOnly: boolean }) {
  const { number, note, publishedAt, publishedBy, installed, listed, flows } = version;
  const [removing, setRemoving] = useState(false);
  const refresh = useRefreshVersions();
  const failed = (fault: Error) => notify("failed", "Nothing was changed", explain(fault).why);
  const install = useMutation({
    mutationFn: () => call(installConnector, { params: { connector }, body: { version: number } }),
    onSuccess: refresh,
    onError: failed,
  });
  const remove = useMutation({
    mutationFn: () => call(uninstallConnector, { params: { connector } }),
    onSuccess: refresh,
    onError: failed,
    onSettled: () => setRemoving(false),
  });
  return (
    <li className="flex items-center gap-3 px-4 py-2.5" data-testid="version-row">
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium text-sm">
          Version {number}
          {note && <span className="font-normal text-muted"> · {note}</span>}
        </span>
        <span className="truncate text-muted text-xs">
          {publishedBy ?? "Came with the product"}
          {" · "}
          <RelativeTime at={publishedAt} />
          {flows.length > 0 && ` · used by ${flows.join(", ")}`}
        </span>
      </div>
      {listed && <Badge tone="accent">In the marketplace</Badge>}
      {installed && <Badge tone="succeeded">In this workspace</Badge>}
      {!readOnly && (
        <Menu
          label={`Actions for version ${number}`}
          items={
            installed
              ? [{ label: "Remove from this workspace", danger: true, onSelect: () => setRemoving(true) }]
              : [{ label: "Use it in this workspace", onSelect: () => install.mutate() }]
          }
        />
      )}
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        title="Remove it from this workspace?"
        consequence="New steps cannot call it any more. It cannot be removed while a flow uses it. Its connections stay."
        verb="Remove app"
        keep="Keep it"
      />
    </li>
  );
}
