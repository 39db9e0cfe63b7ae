import { useQuery } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { compareConnectors, type PartChange } from "../../../shared/connector/compare-connectors.ts";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import { blocking, validateFlow } from "../../../shared/flow/validate-flow.ts";
import { connectorVersionQuery } from "../../api/queries.ts";
import type { FlowContext, Upgrade } from "../../panels/use-flow-context.ts";
import { documentOf, type FlowStore } from "../../stores/flow-store.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Section } from "./side-sections.tsx";

/** Connectors of which another version is installed: the flow stays with its own until somebody has looked at the difference. */
export function Upgrades({ store, context }: { store: FlowStore; context: FlowContext }) {
  const [shown, setShown] = useState<Upgrade | null>(null);
  if (context.upgrades.length === 0) return null;
  return (
    <Section title="Connector versions">
      <ul className="flex flex-col gap-2">
        {context.upgrades.map((upgrade) => (
          <li key={upgrade.connector} className="flex items-center gap-2 text-sm">
            <span className="min-w-0 flex-1">
              {upgrade.name}: uses version {upgrade.used}, version {upgrade.installed} is installed
            </span>
            <Button size="small" onClick={() => setShown(upgrade)}>
              <ArrowUp aria-hidden="true" />
              Review
            </Button>
          </li>
        ))}
      </ul>
      {shown && <UpgradeDialog upgrade={shown} store={store} context={context} onClose={() => setShown(null)} />}
    </Section>
  );
}

function UpgradeDialog({
  upgrade,
  store,
  context,
  onClose,
}: {
  upgrade: Upgrade;
  store: FlowStore;
  context: FlowContext;
  onClose: () => void;
}) {
  const document = useStore(store, documentOf);
  const { connector, name, used, installed } = upgrade;
  const { data, isError } = useQuery(connectorVersionQuery(connector, installed));
  const before = context.connectors.get(connector);
  function apply(): void {
    store.getState().edit([{ edit: "pin", connector, version: installed }]);
    onClose();
  }
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title={`Use version ${installed} of “${name}”`}
      description={`What it changes beside version ${used}, and which steps of this flow it breaks. It counts once the flow is published.`}
      footer={
        <>
          <Button onClick={onClose}>Stay with version {used}</Button>
          <Button look="primary" disabled={!data || !before} onClick={apply}>
            Use version {installed}
          </Button>
        </>
      }
    >
      {data && before ? (
        <Difference before={before} after={data.document} document={document} connectors={context.connectors} />
      ) : isError ? (
        <p className="text-failed-text text-sm">Version {installed} could not be loaded.</p>
      ) : (
        <Skeleton className="h-40 w-full" />
      )}
    </Dialog>
  );
}

type Compared = {
  before: ConnectorDraft;
  after: ConnectorDraft;
  document: Flow;
  connectors: FlowContext["connectors"];
};

function Difference({ before, after, document, connectors }: Compared) {
  const { parts, signIn } = compareConnectors(before, after);
  const broken = brokenSteps({ before, after, document, connectors });
  return (
    <div className="flex flex-col gap-5 pb-2 text-sm">
      {broken.length > 0 ? (
        <section className="flex flex-col gap-2">
          <h3 className="font-medium">Steps that have to be changed</h3>
          <ul className="flex flex-col gap-1">
            {broken.map(({ step, message }) => (
              <li key={`${step} ${message}`} className="rounded-control bg-failed-tint px-3 py-2 text-failed-text">
                {step}: {message}
              </li>
            ))}
          </ul>
        </section>
      ) : (
        <p className="rounded-control bg-succeeded-tint px-3 py-2 text-succeeded-text">No step of this flow breaks.</p>
      )}
      {signIn.map((words) => (
        <p key={words}>Signing in: {words}.</p>
      ))}
      {parts.length > 0 && (
        <section className="flex flex-col gap-2">
          <h3 className="font-medium">What changed</h3>
          <ul className="flex flex-col divide-y divide-line rounded-card border border-line">
            {parts.map((part) => (
              <PartLine key={`${part.part} ${part.key}`} part={part} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

const tones = { added: "succeeded", changed: "waiting", removed: "failed" } as const;

function PartLine({ part }: { part: PartChange }) {
  return (
    <li className="flex items-start gap-3 px-3 py-2">
      <Badge tone={tones[part.change]}>{part.change}</Badge>
      <div className="flex min-w-0 flex-col">
        <span className="font-medium">
          {part.name}
          {part.part === "action" && <span className="font-normal text-muted"> · action</span>}
        </span>
        {part.breaking.map((words) => (
          <span key={words} className="text-failed-text text-xs">
            {words}
          </span>
        ))}
        {part.details.map((words) => (
          <span key={words} className="text-muted text-xs">
            {words}
          </span>
        ))}
      </div>
    </li>
  );
}

/** What the flow's own check finds with the newer version and not with the older one. */
function brokenSteps({ before, after, document, connectors }: Compared): { step: string; message: string }[] {
  const among = (connector: ConnectorDraft) => new Map([...connectors, [connector.key, connector] as const]);
  const known = new Set(validateFlow(document, among(before)).map(({ node, message }) => `${node} ${message}`));
  const names = new Map(document.nodes.map(({ id, name }) => [id, name]));
  return blocking(validateFlow(document, among(after))).flatMap(({ node, message }) =>
    known.has(`${node} ${message}`) ? [] : [{ step: names.get(node ?? "") ?? "The flow", message }],
  );
}
