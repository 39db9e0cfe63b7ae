import { describeRecipe } from "../../shared/event/describe-recipe.ts";
import type { HmacRecipe, SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { Field } from "../ui/field.tsx";
import { Choice, Input } from "../ui/input.tsx";

const algorithms = [
  { value: "sha256", label: "SHA-256" },
  { value: "sha1", label: "SHA-1" },
  { value: "sha384", label: "SHA-384" },
  { value: "sha512", label: "SHA-512" },
] as const;
const encodings = [
  { value: "hex", label: "Hexadecimal" },
  { value: "base64", label: "Base64" },
  { value: "base64url", label: "Base64 for URLs" },
] as const;

/** The five fields of a signature: key, prefix, hash algorithm and encoding of an HMAC over the body. The secret stands beside. */
export function RecipeFields({ recipe, onChange }: { recipe: SignatureRecipe; onChange: (recipe: SignatureRecipe) => void }) {
  if (recipe.kind !== "hmac") return <p className="text-sm">{describeRecipe(recipe)}</p>;
  const [place] = recipe.signature.places;
  const header = place?.in === "header" ? place.name : "";
  const { valuePrefix } = recipe.signature;
  const signed = (signature: Partial<HmacRecipe["signature"]>) =>
    onChange({ ...recipe, signature: { ...recipe.signature, ...signature } });
  return (
    <div className="grid grid-cols-2 gap-4">
      <Field label="Key" help="Header with the signature." required>
        {(control) => (
          <Input
            {...control}
            mono
            value={header}
            onChange={(event) => signed({ places: [{ in: "header", name: event.target.value }] })}
          />
        )}
      </Field>
      <Field label="Prefix" help="In front of the value, e.g. sha256=">
        {(control) => (
          <Input {...control} mono value={valuePrefix} onChange={(event) => signed({ valuePrefix: event.target.value })} />
        )}
      </Field>
      <Field label="Hash algorithm">
        {(control) => (
          <Choice
            {...control}
            value={recipe.algorithm === "md5" ? "sha256" : recipe.algorithm}
            options={algorithms}
            onChange={(algorithm) => onChange({ ...recipe, algorithm })}
          />
        )}
      </Field>
      <Field label="Encoding">
        {(control) => (
          <Choice
            {...control}
            value={recipe.encoding}
            options={encodings}
            onChange={(encoding) => onChange({ ...recipe, encoding })}
          />
        )}
      </Field>
    </div>
  );
}
