import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { Field, inputStyle } from "../ui/field.tsx";

/** The five fields of a signature: key, prefix, hash algorithm and encoding of an HMAC over the body. The secret stands beside. */
export function RecipeFields({ recipe, onChange }: { recipe: SignatureRecipe; onChange: (recipe: SignatureRecipe) => void }) {
  const { header, valuePrefix } = recipe.signature;
  return (
    <div className="grid grid-cols-2 gap-4">
      <Field label="Key" help="Header with the signature." required>
        {(control) => (
          <input
            {...control}
            value={header}
            onChange={(event) => onChange({ ...recipe, signature: { header: event.target.value, valuePrefix } })}
            className={`${inputStyle} h-8 font-mono text-xs`}
          />
        )}
      </Field>
      <Field label="Prefix" help="In front of the value, e.g. sha256=">
        {(control) => (
          <input
            {...control}
            value={valuePrefix}
            onChange={(event) => onChange({ ...recipe, signature: { header, valuePrefix: event.target.value } })}
            className={`${inputStyle} h-8 font-mono text-xs`}
          />
        )}
      </Field>
      <Choice
        label="Hash algorithm"
        value={recipe.algorithm}
        options={["sha256", "sha1", "sha512"]}
        onChange={(algorithm) => onChange({ ...recipe, algorithm })}
      />
      <Choice
        label="Encoding"
        value={recipe.encoding}
        options={["hex", "base64"]}
        onChange={(encoding) => onChange({ ...recipe, encoding })}
      />
    </div>
  );
}

function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly Value[];
  onChange: (value: Value) => void;
}) {
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          value={value}
          className={`${inputStyle} h-8`}
          onChange={(event) => {
            const chosen = options.find((option) => option === event.target.value);
            if (chosen) onChange(chosen);
          }}
        >
          {options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
