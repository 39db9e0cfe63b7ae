import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { FlowSummary } from "../../../shared/api/flows.ts";
import { flowsQuery, sessionQuery } from "../../api/queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { FileButton } from "../../ui/file-button.tsx";
import { State } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { type Column, rowLink, Table } from "../../ui/table.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { FlowState } from "./flow-state.tsx";

const triggerWord = { app: "App", webhook: "Webhook", schedule: "Schedule", api: "API call", manual: "Run now" } as const;

const columns: readonly Column<FlowSummary>[] = [
  {
    key: "name",
    header: "Flow",
    cell: (flow) => (
      <Link to="/flows/$flow" params={{ flow: flow.id }} className={rowLink}>
        {flow.name} <span className="font-normal text-muted">{flow.description}</span>
      </Link>
    ),
  },
  { key: "state", header: "State", width: "w-32", cell: (flow) => <FlowState flow={flow} changed={false} /> },
  {
    key: "trigger",
    header: "Trigger",
    width: "w-28",
    cell: (flow) => (flow.trigger ? <Badge>{triggerWord[flow.trigger]}</Badge> : <span className="text-muted">None</span>),
  },
  {
    key: "last",
    header: "Last run",
    width: "w-56",
    cell: (flow) =>
      flow.lastRun ? (
        <Link
          to="/runs/$run"
          params={{ run: flow.lastRun.id }}
          className="inline-flex items-center gap-3 rounded-small align-middle hover:underline"
        >
          <State state={flow.lastRun.status} />
          <span className="text-muted">
            <RelativeTime at={flow.lastRun.createdAt} />
          </span>
        </Link>
      ) : (
        <span className="text-muted">Never ran</span>
      ),
  },
  {
    key: "updated",
    wideOnly: true,
    header: "Changed",
    width: "w-32",
    align: "right",
    cell: (flow) => (
      <span className="text-muted">
        <RelativeTime at={flow.updatedAt} />
      </span>
    ),
  },
];

const NewFlow = lazy(() => import("./new-flow.tsx"));
const ImportFlow = lazy(() => import("./import-flow.tsx"));

export function FlowsPage() {
  const { data: session } = useQuery(sessionQuery);
  const [creating, setCreating] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const create = session?.person.role === "administrator" && (
    <div className="flex gap-2">
      <FileButton onFile={setFile}>Import</FileButton>
      <Button look="primary" onClick={() => setCreating(true)}>
        <Plus aria-hidden="true" />
        New flow
      </Button>
    </div>
  );
  return (
    <Page crumbs={[{ label: "Flows" }]} width="table">
      <div className="p-6 pb-4">
        <PageHeader title="Flows" action={create}>
          What happens when an event comes in: each flow is drawn once and runs for every event.
        </PageHeader>
      </div>
      <FlowsList create={create} />
      {creating && (
        <Suspense>
          <NewFlow onClose={() => setCreating(false)} />
        </Suspense>
      )}
      {file && (
        <Suspense>
          <ImportFlow file={file} onClose={() => setFile(null)} />
        </Suspense>
      )}
    </Page>
  );
}

function FlowsList({ create }: { create: ReactNode }) {
  const flows = useQuery(flowsQuery);
  if (flows.isPending) return <SkeletonRows />;
  if (flows.error && !flows.data)
    return <ApiProblem error={flows.error} what="The flows could not be loaded" onRetry={() => void flows.refetch()} />;
  if (flows.data.flows.length === 0)
    return (
      <Empty title="No flows yet" picture={<LooseCable />} action={create}>
        A flow connects an event to calls of outside APIs: draw it once, and it runs for every event.
      </Empty>
    );
  return <Table label="Flows" columns={columns} rows={flows.data.flows} rowKey={(flow) => flow.id} rowTestId="flow-row" />;
}
