import { Plus } from "lucide-react";
import { useState } from "react";
import type { Action } from "../../../shared/connector/action.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Menu } from "../../ui/menu.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import type { LoadedConnector } from "../connectors/loaded-connector.ts";
import { Method } from "../connectors/method.tsx";
import { SectionFrame } from "../connectors/section-frame.tsx";
import { useConnectorEdit } from "../connectors/use-connector-edit.ts";
import { LooseCable } from "../shell/loose-cable.tsx";
import { draftOf, newActionDraft } from "./action-draft.ts";
import { ActionWizard } from "./action-wizard.tsx";
import { categoryWords } from "./category-words.ts";

/** The actions of a connector: each is one API call, made ready for people who know nothing of the API. */
export function ActionsSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const { actions = [] } = loaded.document;
  /** Null: the list; "" a new one; else the key of the one that is changed. */
  const [open, setOpen] = useState<string | null>(null);
  const changed = actions.find(({ key }) => key === open);
  if (open !== null) {
    const draft = changed ? draftOf(changed, loaded.document.endpoints) : newActionDraft();
    if (draft)
      return (
        <ActionWizard key={open} loaded={loaded} start={draft} replaces={changed?.key ?? null} onClose={() => setOpen(null)} />
      );
  }
  return (
    <SectionFrame
      title="Actions"
      lead="Each action corresponds to a single API call: which inputs people fill in, which are always the same, and what it gives."
      action={
        !readOnly && (
          <Button look="primary" onClick={() => setOpen("")}>
            <Plus aria-hidden="true" />
            Create action
          </Button>
        )
      }
    >
      {actions.length > 0 ? (
        <ul aria-label="Actions" className="divide-y divide-line rounded-card border border-line">
          {actions.map((action) => (
            <ActionRow key={action.key} loaded={loaded} action={action} readOnly={readOnly} onOpen={() => setOpen(action.key)} />
          ))}
        </ul>
      ) : (
        <Empty title="No actions yet" picture={<LooseCable />}>
          Flows can call every endpoint. An action makes one of them simpler: “Find a contact by e-mail” instead of a search with
          forty parameters.
        </Empty>
      )}
    </SectionFrame>
  );
}

function ActionRow({
  loaded,
  action,
  readOnly,
  onOpen,
}: {
  loaded: LoadedConnector;
  action: Action;
  readOnly: boolean;
  onOpen: () => void;
}) {
  const [deleting, setDeleting] = useState(false);
  const edit = useConnectorEdit(loaded);
  const endpoint = loaded.document.endpoints.find(({ key }) => key === action.endpoint);
  return (
    <li className="flex items-center gap-3 px-4 py-2.5" data-testid="action-row">
      <div className="flex min-w-0 flex-1 flex-col">
        {readOnly ? (
          <span className="truncate font-medium text-sm">{action.name}</span>
        ) : (
          <button type="button" onClick={onOpen} className="truncate rounded-small text-left font-medium text-sm hover:underline">
            {action.name}
          </button>
        )}
        <span className="flex items-baseline gap-1.5 truncate text-muted text-xs">
          {endpoint && <Method method={endpoint.method} />}
          <span className="truncate">{action.description || endpoint?.path}</span>
        </span>
        {edit.problem && <ProblemLine text={edit.problem} />}
      </div>
      <span className="shrink-0 text-muted text-xs">
        {action.inputs.length === 1 ? "1 input" : `${action.inputs.length} inputs`}
      </span>
      <Badge>{categoryWords[action.category]}</Badge>
      {!readOnly && (
        <Menu
          label={`Actions for ${action.name}`}
          items={[
            { label: "Edit", onSelect: onOpen },
            { label: "Delete", danger: true, onSelect: () => setDeleting(true) },
          ]}
        />
      )}
      <Confirm
        open={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={() => void edit.save({ edit: "remove-action", action: action.key }).then(() => setDeleting(false))}
        busy={edit.saving}
        title={`Delete “${action.name}”?`}
        consequence="The endpoint that it calls stays. Flows that use it keep the version that they use."
        verb="Delete action"
        keep="Keep it"
      />
    </li>
  );
}
