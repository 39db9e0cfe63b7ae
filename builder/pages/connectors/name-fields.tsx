import { Field } from "../../ui/field.tsx";
import { Input, TextArea } from "../../ui/input.tsx";
import { maxDescription } from "./limits.ts";

/** Name and description of a connector, new or known. `problem` says what is wrong with a field. */
export function NameFields({
  name,
  description,
  problem = () => undefined,
  onName,
  onDescription,
}: {
  name: string;
  description: string;
  problem?: (field: string) => string | undefined;
  onName: (name: string) => void;
  onDescription: (description: string) => void;
}) {
  return (
    <>
      <Field label="Name" required help="This will be the display name for your data connector" error={problem("name")}>
        {(control) => <Input {...control} maxLength={120} value={name} onChange={(event) => onName(event.target.value)} />}
      </Field>
      <Field
        label="Description"
        required
        help="This will be the description for your data connector"
        error={problem("description")}
        counter={`${description.length}/${maxDescription}`}
      >
        {(control) => (
          <TextArea
            {...control}
            maxLength={maxDescription}
            value={description}
            onChange={(event) => onDescription(event.target.value)}
          />
        )}
      </Field>
    </>
  );
}
