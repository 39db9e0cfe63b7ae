import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import type { getFlow, HookSummary } from "../../../shared/api/flows.ts";
import type { Response } from "../../../shared/api/route.ts";
import type { FlowNode } from "../../../shared/flow/node.ts";
import { runsQuery } from "../../api/queries.ts";
import { describeNode, kindWord } from "../../canvas/describe-node.ts";
import { KindTile } from "../../canvas/nodes/kind-tile.tsx";
import { NodeSettings } from "../../panels/node-settings.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Duration } from "../../ui/duration.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { State } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";

type Loaded = Response<typeof getFlow>;

/** Facts of the flow, or of the node that was chosen on its canvas. */
export function FlowSide({ loaded, node, onCloseNode }: { loaded: Loaded; node: FlowNode | undefined; onCloseNode: () => void }) {
  const { flow, version, hooks } = loaded;
  if (node && version)
    return (
      <section aria-label={`Node ${node.name}`} className="flex flex-col gap-4 p-4">
        <header className="flex items-center gap-3">
          <KindTile kind={node.kind} />
          <div className="min-w-0 flex-1">
            <h2 className="truncate font-semibold text-base leading-heading">{node.name}</h2>
            <p className="truncate text-muted text-xs">
              {kindWord(node.kind)} · {describeNode(node, version)}
            </p>
          </div>
          <IconButton label="Back to the flow" onClick={onCloseNode}>
            <X aria-hidden="true" />
          </IconButton>
        </header>
        <NodeSettings node={node} version={version} />
      </section>
    );
  return (
    <div className="flex flex-col divide-y divide-line">
      {hooks.length > 0 && (
        <Part title={hooks.length === 1 ? "Hook URL" : "Hook URLs"}>
          <ul className="flex flex-col gap-4">
            {hooks.map((hook) => (
              <Hook key={hook.id} hook={hook} loaded={loaded} />
            ))}
          </ul>
        </Part>
      )}
      {version && (
        <Part title="Published version">
          <Facts>
            <Fact name="Version">{version.number}</Fact>
            <Fact name="Published">
              <RelativeTime at={version.publishedAt} />
            </Fact>
            <Fact name="Steps">{version.document.nodes.length}</Fact>
            <Fact name="Connectors">{version.connectors.map((connector) => connector.name).join(", ") || "None"}</Fact>
          </Facts>
        </Part>
      )}
      <Part title="Recent runs">
        <RecentRuns flow={flow.id} />
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-3 p-4">
      <h2 className="font-semibold text-sm">{title}</h2>
      {children}
    </section>
  );
}

function Hook({ hook, loaded }: { hook: HookSummary; loaded: Loaded }) {
  const node = loaded.version?.document.nodes.find((each) => each.id === hook.node);
  return (
    <li className="flex flex-col gap-2" data-testid="hook">
      <div className="flex items-center gap-1 rounded-control border border-line bg-panel py-0.5 pr-0.5 pl-2.5">
        <code className="min-w-0 flex-1 truncate font-mono text-xs" data-tip={hook.url}>
          {hook.url}
        </code>
        <CopyButton text={hook.url} what="hook URL" />
      </div>
      <Facts>
        <Fact name="Starts at">{node?.name ?? hook.node}</Fact>
        <Fact name="Verified by">{hook.recipe}</Fact>
        <Fact name="Secret">
          {hook.secretSetAt === null ? (
            <span className="text-failed-text">Not set</span>
          ) : (
            <>
              Set <RelativeTime at={hook.secretSetAt} />
            </>
          )}
        </Fact>
      </Facts>
      {hook.secretSetAt === null && <SecretMissing hook={hook.id} />}
    </li>
  );
}

/** Secrets are set where the server runs: this page never gets to see one. */
function SecretMissing({ hook }: { hook: string }) {
  const command = `npm run patchbay -- hooks set-secret ${hook} --secret-stdin`;
  return (
    <div className="flex flex-col gap-2 rounded-card border border-failed-line bg-failed-tint px-3 py-2 text-sm">
      <p>
        <span className="font-medium text-failed-text">No secret is set, so every delivery is refused.</span> In the folder of
        Patchbay, pipe the secret that the sender signs with into this command:
      </p>
      <div className="flex items-start gap-1">
        <code className="min-w-0 flex-1 break-words py-1.5 font-mono text-xs">{command}</code>
        <CopyButton text={command} what="command" />
      </div>
    </div>
  );
}

function RecentRuns({ flow }: { flow: string }) {
  const runs = useInfiniteQuery(runsQuery({ flow, limit: 10 }));
  if (runs.error && !runs.data)
    return <ApiProblem error={runs.error} what="The runs could not be loaded" onRetry={() => void runs.refetch()} />;
  if (!runs.data) return <Skeleton className="h-32" />;
  const rows = runs.data.pages[0]?.runs ?? [];
  if (rows.length === 0) return <p className="text-muted text-sm">This flow has not run yet.</p>;
  return (
    <>
      <ul className="-mx-2 flex flex-col">
        {rows.map((run) => (
          <li key={run.id}>
            <Link
              to="/runs/$run"
              params={{ run: run.id }}
              className="grid h-8 grid-cols-[7rem_minmax(0,1fr)_auto] items-center gap-3 rounded-control px-2 text-sm -outline-offset-2 hover:bg-hover"
            >
              <State state={run.status} />
              <span className="text-muted">
                <RelativeTime at={run.startedAt ?? run.createdAt} />
              </span>
              <span className="text-muted">
                <Duration from={run.startedAt} to={run.finishedAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <Link
        to="/runs"
        search={{ flow }}
        className="self-start rounded-small font-medium text-accent-text text-sm hover:underline"
      >
        All runs of this flow
      </Link>
    </>
  );
}
