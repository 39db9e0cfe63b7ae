import type { HookSummary } from "../../../shared/api/flows.ts";
import type { FlowNode } from "../../../shared/flow/node.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Section } from "./side-sections.tsx";

/** Where events for a flow are posted, and how they prove themselves. `onChoose` opens the trigger; null where nothing is edited. */
export function HookList({
  hooks,
  nodes,
  onChoose,
}: {
  hooks: readonly HookSummary[];
  nodes: readonly FlowNode[];
  onChoose: ((node: string) => void) | null;
}) {
  return (
    <Section title={hooks.every(({ url }) => url === null) ? "Subscriptions" : hooks.length === 1 ? "Hook URL" : "Hook URLs"}>
      <ul className="flex flex-col gap-4">
        {hooks.map((hook) => (
          <Hook key={hook.id} hook={hook} node={nodes.find(({ id }) => id === hook.node)} onChoose={onChoose} />
        ))}
      </ul>
    </Section>
  );
}

function Hook({
  hook,
  node,
  onChoose,
}: {
  hook: HookSummary;
  node: FlowNode | undefined;
  onChoose: ((node: string) => void) | null;
}) {
  // A subscription's secret is agreed on with the provider.
  const lacksSecret = hook.needsSecret && hook.secretSetAt === null && hook.kind !== "resthook";
  return (
    <li className="flex flex-col gap-2" data-testid="hook">
      {hook.url !== null && (
        <div className="flex items-center gap-1 rounded-control border border-line bg-panel py-0.5 pr-0.5 pl-2.5">
          <code className="min-w-0 flex-1 truncate font-mono text-xs" data-tip={hook.url}>
            {hook.url}
          </code>
          <CopyButton text={hook.url} what="hook URL" />
        </div>
      )}
      <Facts>
        <Fact name="Starts at">{node?.name ?? hook.node}</Fact>
        <Fact name="Verified by">{hook.recipe}</Fact>
        {hook.needsSecret && (
          <Fact name="Secret">
            {hook.secretSetAt !== null ? (
              <>
                Set <RelativeTime at={hook.secretSetAt} />
              </>
            ) : (
              <span className={lacksSecret ? "text-failed-text" : undefined}>
                {lacksSecret ? "Not set" : "Comes with the subscription"}
              </span>
            )}
          </Fact>
        )}
      </Facts>
      {lacksSecret && (
        <div className="flex flex-col items-start gap-2 rounded-card border border-failed-line bg-failed-tint px-3 py-2 text-sm">
          <p>
            <span className="font-medium text-failed-text">No secret is set, so every delivery is refused.</span>{" "}
            {onChoose ? "Set the one that the sender signs with in the trigger." : "An administrator can set it in the trigger."}
          </p>
          {onChoose && node && (
            <Button size="small" onClick={() => onChoose(node.id)}>
              Open “{node.name}”
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
