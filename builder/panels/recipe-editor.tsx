import { useMemo, useState } from "react";
import { describeRecipe } from "../../shared/event/describe-recipe.ts";
import { providerNamed, providerOf, providers } from "../../shared/event/providers/providers.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { recipeOfZoomFields, ZoomFields, zoomFieldsOf } from "../../shared/event/zoom-fields.ts";
import type { Json } from "../../shared/json.ts";
import { Field } from "../ui/field.tsx";
import { Choice, Input } from "../ui/input.tsx";
import { JsonInput } from "./json-input.tsx";
import { RecipeFacts } from "./recipe-facts.tsx";

const byFields = "fields";
const byHand = "recipe";

/** How a sender proves itself: as a provider of the library does, by the five fields of a signature, or by a whole recipe. */
export function RecipeEditor({
  recipe,
  provider: chosenKey,
  facts = false,
  onChange,
}: {
  recipe: SignatureRecipe;
  /** Key of the provider that was chosen, where that is known: several sign alike. */
  provider?: string | undefined;
  /** Shows what else the recipe says: what names an event, its type, whether a delivery holds several. */
  facts?: boolean;
  /** Undefined while what is typed is no recipe yet. */
  onChange: (recipe: SignatureRecipe | undefined, provider: string | undefined) => void;
}) {
  const [way, setWay] = useState(() => wayOf(recipe, chosenKey));
  const provider = providerNamed(way);
  const options = useMemo(
    () => [
      ...providers
        .map(({ key, name }) => ({ value: key, label: name }))
        .toSorted((one, other) => one.label.localeCompare(other.label, "en")),
      { value: byFields, label: "Another: by its signature fields" },
      { value: byHand, label: "Another: the whole recipe (advanced)" },
    ],
    [],
  );
  return (
    <div className="flex flex-col gap-4">
      <Field label="Sender" help="How it proves that an event is its own. Events that fail are refused.">
        {(control) => (
          <Choice
            {...control}
            value={way}
            options={options}
            onChange={(next) => {
              setWay(next);
              const found = providerNamed(next);
              if (found) onChange(found.recipe, found.key);
              else if (next === byFields && zoomFieldsOf(recipe) === null) onChange(recipeOfZoomFields(usualFields), undefined);
              else onChange(recipe, undefined);
            }}
          />
        )}
      </Field>
      {provider && <ProviderFacts provider={provider} />}
      {way === byFields && <SignatureFields recipe={recipe} onChange={(next) => onChange(next, undefined)} />}
      {way === byHand && <WholeRecipe recipe={recipe} onChange={(next) => onChange(next, undefined)} />}
      {facts && (
        <RecipeFacts
          recipe={recipe}
          onEdit={
            way === byHand
              ? null
              : () => {
                  setWay(byHand);
                  onChange(recipe, undefined);
                }
          }
        />
      )}
    </div>
  );
}

const usualFields: ZoomFields = { key: "x-signature", prefix: "", algorithm: "sha256", encoding: "hex" };

function wayOf(recipe: SignatureRecipe, key: string | undefined): string {
  const provider = (key === undefined ? null : providerNamed(key)) ?? providerOf(recipe);
  if (provider) return provider.key;
  return zoomFieldsOf(recipe) ? byFields : byHand;
}

function ProviderFacts({ provider }: { provider: NonNullable<ReturnType<typeof providerNamed>> }) {
  return (
    <p className="text-muted text-xs">
      {describeRecipe(provider.recipe)}. {provider.verified ? "Proved against the vendor's own code or example. " : ""}
      {provider.hint && `${provider.hint} `}
      <a href={provider.docs} target="_blank" rel="noreferrer" className="rounded-small text-accent-text underline">
        What the vendor says
      </a>
    </p>
  );
}

const algorithms = [
  { value: "", label: "None: a shared token" },
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

/** The five fields; the secret stands beside them. What is no header name yet stays in the fields. */
function SignatureFields({
  recipe,
  onChange,
}: {
  recipe: SignatureRecipe;
  onChange: (recipe: SignatureRecipe | undefined) => void;
}) {
  const [fields, setFields] = useState<ZoomFields>(() => zoomFieldsOf(recipe) ?? usualFields);
  const problem = ZoomFields.safeParse(fields).error?.issues[0]?.message;
  function change(next: ZoomFields): void {
    setFields(next);
    const parsed = ZoomFields.safeParse(next);
    onChange(parsed.success ? recipeOfZoomFields(parsed.data) : undefined);
  }
  const { algorithm: _, ...withoutAlgorithm } = fields;
  return (
    <div className="grid grid-cols-2 gap-4">
      <Field label="Key" help="Header with the signature." error={problem} required>
        {(control) => (
          <Input {...control} mono value={fields.key} onChange={({ target }) => change({ ...fields, key: target.value })} />
        )}
      </Field>
      <Field label="Prefix" help="In front of the header's name, e.g. x-">
        {(control) => (
          <Input {...control} mono value={fields.prefix} onChange={({ target }) => change({ ...fields, prefix: target.value })} />
        )}
      </Field>
      <Field label="Hash algorithm" help={fields.algorithm ? "HMAC of the raw body." : "The header must equal the secret."}>
        {(control) => (
          <Choice
            {...control}
            value={fields.algorithm ?? ""}
            options={algorithms}
            onChange={(algorithm) => {
              change(algorithm === "" ? withoutAlgorithm : { ...fields, algorithm });
            }}
          />
        )}
      </Field>
      {fields.algorithm && (
        <Field label="Encoding">
          {(control) => (
            <Choice
              {...control}
              value={fields.encoding ?? "hex"}
              options={encodings}
              onChange={(encoding) => change({ ...fields, encoding })}
            />
          )}
        </Field>
      )}
    </div>
  );
}

/** All that a recipe can say, as JSON, with what is wrong with it. */
function WholeRecipe({ recipe, onChange }: { recipe: SignatureRecipe; onChange: (recipe: SignatureRecipe | undefined) => void }) {
  const [value, setValue] = useState<Json | undefined>(() => JSON.parse(JSON.stringify(recipe)));
  const parsed = SignatureRecipe.safeParse(value);
  const issue = parsed.error?.issues[0];
  return (
    <JsonInput
      label="Recipe"
      help={parsed.success ? `${describeRecipe(parsed.data)}.` : undefined}
      error={issue && `${issue.path.join(".") || "the recipe"}: ${issue.message}`}
      required
      value={value}
      roots={null}
      disabled={false}
      onChange={(next) => {
        setValue(next);
        const result = SignatureRecipe.safeParse(next);
        onChange(result.success ? result.data : undefined);
      }}
    />
  );
}
