import { FormPart } from "./form-part.tsx";
import { PathField } from "./path-field.tsx";
import { TextField } from "./text-field.tsx";
import type { WebhookDraft } from "./webhook-draft.ts";

/** How the events of a global URL find the triggers that they are for. */
export function WebhookRouting({
  draft,
  problem,
  onChange,
}: {
  draft: WebhookDraft;
  problem: Readonly<Record<string, string>>;
  onChange: (draft: WebhookDraft) => void;
}) {
  const { routing } = draft;
  return (
    <FormPart
      title="Routing"
      lead="An event goes to the triggers that were filled in with the value it holds. The URL is made when this is saved, and is then in the list."
    >
      <div className="grid grid-cols-2 items-start gap-4">
        <PathField
          label="Value in the event"
          required
          placeholder="team.id"
          help="Its path in the body."
          error={problem["webhook.routing.path"] ?? problem["webhook.routing"]}
          value={routing.path}
          onChange={(path) => onChange({ ...draft, routing: { ...routing, path } })}
        />
        <TextField
          label="Field of the trigger"
          required
          mono
          maxLength={120}
          placeholder="team"
          help="Key of the form’s field with the same value."
          error={problem["webhook.routing.input"]}
          value={routing.input}
          onChange={(input) => onChange({ ...draft, routing: { ...routing, input } })}
        />
      </div>
    </FormPart>
  );
}
