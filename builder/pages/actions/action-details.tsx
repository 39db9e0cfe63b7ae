import { Field } from "../../ui/field.tsx";
import { Choice, Input, TextArea } from "../../ui/input.tsx";
import type { ActionDraft } from "./action-draft.ts";
import { categoryWords } from "./category-words.ts";

const mostCharacters = 250;
const categories = (["retrieve", "enrich", "connect"] as const).map((value) => ({ value, label: categoryWords[value] }));

/** Name, description, category. */
export function ActionDetails({ draft, onChange }: { draft: ActionDraft; onChange: (draft: ActionDraft) => void }) {
  return (
    <fieldset className="flex min-w-0 max-w-form flex-col gap-4">
      <legend className="sr-only">Details</legend>
      <Field label="Name" required help="What people choose in flows, e.g. “Find a contact by e-mail”.">
        {(control) => (
          <Input
            {...control}
            maxLength={120}
            value={draft.name}
            onChange={(event) => onChange({ ...draft, name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" counter={`${draft.description.length}/${mostCharacters}`}>
        {(control) => (
          <TextArea
            {...control}
            maxLength={mostCharacters}
            value={draft.description}
            onChange={(event) => onChange({ ...draft, description: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Category"
        required
        help="Retrieve gets records, Enrich adds to a record that one has, Connect passes records on to another system."
      >
        {(control) => (
          <Choice
            {...control}
            value={draft.category}
            options={categories}
            onChange={(category) => onChange({ ...draft, category })}
          />
        )}
      </Field>
    </fieldset>
  );
}
