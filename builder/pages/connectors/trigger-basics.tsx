import { TriggerKey } from "../../../shared/connector/trigger.ts";
import { Field } from "../../ui/field.tsx";
import { TextArea } from "../../ui/input.tsx";
import { TextField } from "./text-field.tsx";
import type { TriggerPartProps } from "./trigger-part-props.ts";

const mostCharacters = 250;

/** Name, key, description. */
export function TriggerBasics({ draft, derivedKey, problem, onChange }: TriggerPartProps & { derivedKey: string }) {
  const { name, key, description } = draft;
  const unusable = TriggerKey.safeParse(derivedKey).error?.issues[0]?.message;
  return (
    <fieldset className="flex min-w-0 max-w-form flex-col gap-4">
      <legend className="sr-only">Basics</legend>
      <TextField
        label="Name"
        required
        maxLength={120}
        help="What people choose in flows, e.g. “When a contact is added”."
        error={problem["trigger.name"]}
        value={name}
        onChange={(next) => onChange({ ...draft, name: next })}
      />
      <TextField
        label="Key"
        required
        mono
        maxLength={63}
        help={key === null ? "By this flows know it. It follows the name until you change it." : "By this flows know it."}
        error={name.trim() === "" && key === null ? undefined : (problem["trigger.key"] ?? unusable)}
        value={name.trim() === "" && key === null ? "" : derivedKey}
        onChange={(next) => onChange({ ...draft, key: next })}
      />
      <Field label="Description" counter={`${description.length}/${mostCharacters}`} error={problem["trigger.description"]}>
        {(control) => (
          <TextArea
            {...control}
            maxLength={mostCharacters}
            value={description}
            onChange={({ target }) => onChange({ ...draft, description: target.value })}
          />
        )}
      </Field>
    </fieldset>
  );
}
