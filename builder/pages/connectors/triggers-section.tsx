import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Trigger } from "../../../shared/connector/trigger.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Menu } from "../../ui/menu.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { SectionFrame } from "./section-frame.tsx";
import { placeWords, sourceWords } from "./trigger-words.ts";
import { useConnectorEdit } from "./use-connector-edit.ts";

const TriggerWizard = lazy(() => import("./trigger-wizard.tsx"));

/** The triggers of a connector: events of the API as people know them, ready to start flows with. */
export function TriggersSection({ loaded, readOnly, mayTest }: { loaded: LoadedConnector; readOnly: boolean; mayTest: boolean }) {
  const { triggers = [] } = loaded.document;
  /** Null: the list; "" a new one; else the key of the one that is changed. */
  const [open, setOpen] = useState<string | null>(null);
  if (open !== null)
    return (
      <Suspense fallback={<Skeleton className="m-6 h-96" />}>
        <TriggerWizard
          key={open}
          loaded={loaded}
          trigger={triggers.find(({ key }) => key === open) ?? null}
          mayTest={mayTest}
          onClose={() => setOpen(null)}
        />
      </Suspense>
    );
  const addButton = !readOnly && (
    <Button look="primary" onClick={() => setOpen("")}>
      <Plus aria-hidden="true" />
      Create trigger
    </Button>
  );
  return (
    <SectionFrame
      title="Triggers"
      lead="Events of the API that flows begin with: pushed by an incoming webhook, or found by asking an endpoint again and again."
      action={triggers.length > 0 && addButton}
    >
      {triggers.length > 0 ? (
        <ul aria-label="Triggers" className="divide-y divide-line rounded-card border border-line">
          {triggers.map((trigger) => (
            <TriggerRow
              key={trigger.key}
              loaded={loaded}
              trigger={trigger}
              readOnly={readOnly}
              onOpen={() => setOpen(trigger.key)}
            />
          ))}
        </ul>
      ) : (
        <Empty title="No triggers yet" picture={<LooseCable />} action={addButton}>
          {readOnly
            ? "This connector has none: a flow that uses it begins by a schedule, a form or a hook URL of its own."
            : "A trigger makes one kind of event ready to start a flow with: “When a contact is added to a list”, with the list to choose and the contact as its output."}
        </Empty>
      )}
    </SectionFrame>
  );
}

function TriggerRow({
  loaded,
  trigger,
  readOnly,
  onOpen,
}: {
  loaded: LoadedConnector;
  trigger: Trigger;
  readOnly: boolean;
  onOpen: () => void;
}) {
  const { key, name, description, places } = trigger;
  const [deleting, setDeleting] = useState(false);
  const edit = useConnectorEdit(loaded);
  const falling = loaded.document.incomingWebhooks.find(({ resthook }) => resthook?.fallback === key);
  return (
    <li className="flex items-center gap-3 px-4 py-2.5" data-testid="trigger-row">
      <div className="flex min-w-0 flex-1 flex-col">
        {readOnly ? (
          <span className="truncate font-medium text-sm">{name}</span>
        ) : (
          <button type="button" onClick={onOpen} className="truncate rounded-small text-left font-medium text-sm hover:underline">
            {name}
          </button>
        )}
        {description && <span className="line-clamp-2 text-muted text-xs">{description}</span>}
        <span className="truncate text-muted text-xs">{sourceWords(trigger, loaded.document)}</span>
        {edit.problem && <ProblemLine text={edit.problem} />}
      </div>
      <span className="flex shrink-0 flex-wrap justify-end gap-1">
        {places.map((place) => (
          <Badge key={place}>{placeWords[place]}</Badge>
        ))}
      </span>
      {!readOnly && (
        <Menu
          label={`Actions for ${name}`}
          items={[
            { label: "Edit", onSelect: onOpen },
            falling
              ? { label: "Delete: an incoming webhook falls back to it", disabled: true, onSelect: () => {} }
              : { label: "Delete", danger: true, onSelect: () => setDeleting(true) },
          ]}
        />
      )}
      <Confirm
        open={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={() => void edit.save({ edit: "remove-trigger", trigger: key }).then(() => setDeleting(false))}
        busy={edit.saving}
        title={`Delete “${name}”?`}
        consequence="Published flows that begin with it keep the version of the connector that they use. They cannot be upgraded to one without it."
        verb="Delete trigger"
        keep="Keep it"
      />
    </li>
  );
}
