import { getRouteApi, Link } from "@tanstack/react-router";
import { Play, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { getFlow } from "../../../shared/api/flows.ts";
import type { Response } from "../../../shared/api/route.ts";
import type { FlowVersion } from "../../../shared/api/runs.ts";
import type { FlowNode } from "../../../shared/flow/node.ts";
import { describeNode, kindWord } from "../../canvas/describe-node.ts";
import { FlowCanvas } from "../../canvas/flow-canvas.tsx";
import { KindTile } from "../../canvas/nodes/kind-tile.tsx";
import { NodeSettings } from "../../panels/node-settings.tsx";
import { Button, buttonStyle } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { KeptTests } from "../flow-tests/kept-tests.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { PageHeader } from "../shell/page.tsx";
import { FlowState } from "./flow-state.tsx";
import { FlowSwitch } from "./flow-switch.tsx";
import { HookList } from "./hook-list.tsx";
import { PublishedFacts, RecentRuns, Section } from "./side-sections.tsx";

const RunNow = lazy(() => import("./run-now.tsx"));
const route = getRouteApi("/shell/flows/$flow");

/** What runs of a flow, to look at and to run. */
export function PublishedFlow({
  loaded,
  drawn,
  mayEdit,
}: {
  loaded: Response<typeof getFlow>;
  /** What is shown: the published version, or else a draft. */
  drawn: FlowVersion | null;
  mayEdit: boolean;
}) {
  const { flow, version, hooks } = loaded;
  const { node: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const [starting, setStarting] = useState(false);
  const node = drawn?.document.nodes.find((each) => each.id === asked);
  const choose = (next: string | null) =>
    void navigate({ search: (search) => ({ ...search, node: next ?? undefined }), replace: true });
  return (
    <>
      <div className="shrink-0 border-line border-b px-6 py-4">
        <PageHeader
          title={
            <>
              <span className="truncate">{flow.name}</span>
              <FlowState flow={flow} changed={false} />
            </>
          }
          action={
            <div className="flex gap-2">
              {mayEdit && (
                <Link to="/flows/$flow" params={{ flow: flow.id }} search={{}} className={buttonStyle()}>
                  Edit draft
                </Link>
              )}
              {version && (
                <Button look="primary" onClick={() => setStarting(true)}>
                  <Play aria-hidden="true" />
                  Run now
                </Button>
              )}
              {mayEdit && <FlowSwitch flow={flow} />}
            </div>
          }
        >
          <p className="line-clamp-2 max-w-reading">{flow.description}</p>
        </PageHeader>
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1">
          {drawn ? (
            <FlowCanvas version={drawn} view={null} selected={node?.id ?? null} onSelect={choose} />
          ) : (
            <Empty title="Not published yet" picture={<LooseCable />}>
              Only a published version runs. This flow has a draft that nobody has published.
            </Empty>
          )}
        </div>
        <aside
          aria-label="About the flow"
          className="w-side-panel-narrow shrink-0 overflow-y-auto border-line border-l xl:w-side-panel"
        >
          {node && drawn ? (
            <NodeFacts node={node} version={drawn} onClose={() => choose(null)} />
          ) : (
            <div className="flex flex-col divide-y divide-line">
              {hooks.length > 0 && <HookList hooks={hooks} nodes={drawn?.document.nodes ?? []} onChoose={null} />}
              {version && <PublishedFacts version={version} />}
              <Section title="Recent runs">
                <RecentRuns flow={flow.id} />
              </Section>
              <Section title="Tests">
                <KeptTests flow={flow.id} />
              </Section>
            </div>
          )}
        </aside>
      </div>
      {starting && (
        <Suspense>
          <RunNow flow={flow} onClose={() => setStarting(false)} />
        </Suspense>
      )}
    </>
  );
}

function NodeFacts({ node, version, onClose }: { node: FlowNode; version: FlowVersion; onClose: () => void }) {
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
        <IconButton label="Back to the flow" onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </header>
      <NodeSettings node={node} version={version} />
    </section>
  );
}
