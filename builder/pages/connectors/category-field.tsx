import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { categories } from "./categories.ts";

/** What the API is for. A category that the list does not have, as older connectors may say, stays. */
export function CategoryField({
  category,
  error,
  onChange,
}: {
  category: string | null;
  error?: string | undefined;
  onChange: (category: string) => void;
}) {
  const known: readonly string[] = categories;
  const options = category === null || known.includes(category) ? known : [category, ...known];
  return (
    <Field label="Data connector Category" required help="Where people look for it." error={error}>
      {(control) => (
        <Choice
          {...control}
          value={category}
          empty="Select a category"
          options={options.map((each) => ({ value: each, label: each }))}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
