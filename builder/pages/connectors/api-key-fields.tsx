import { Plus, Trash2 } from "lucide-react";
import type { ApiKey, ApiKeyAuth } from "../../../shared/connector/auth-scheme.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { TextField } from "./text-field.tsx";

const placements = [
  { value: "query", label: "Query parameter" },
  { value: "header", label: "Header" },
  { value: "body", label: "Body" },
] as const;
const mostOthers = 9;

type Props = {
  auth: ApiKeyAuth;
  /** Names of endpoints whose requests have no body, so that a key in it would not be sent. */
  bodyless?: readonly string[];
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: ApiKeyAuth) => void;
};

/** One key, or several where an API wants them at once. Their values belong to connections. */
export function ApiKeyFields({ auth, bodyless = [], fieldProblem, onChange }: Props) {
  const { others = [], ...alone } = auth;
  const setOthers = (next: ApiKey[]) => onChange(next.length === 0 ? alone : { ...alone, others: next });
  return (
    <>
      <KeyFields
        apiKey={auth}
        bodyless={bodyless}
        problem={(field) => fieldProblem(`auth.${field}`)}
        onChange={({ displayName, key, addTo, prefix }) => {
          const { prefix: _, ...rest } = auth;
          onChange({ ...rest, displayName, key, addTo, ...(prefix !== undefined && { prefix }) });
        }}
      />
      {others.map((other, index) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: a key's name changes while it is typed
          key={index}
          className="flex min-w-0 flex-col gap-4 border-line border-t pt-4"
        >
          <legend className="sr-only">Key {index + 2}</legend>
          <div className="flex items-center justify-between">
            <span aria-hidden="true" className="font-medium text-muted text-sm">
              Key {index + 2}
            </span>
            <IconButton label={`Remove key ${index + 2}`} onClick={() => setOthers(others.filter((_, at) => at !== index))}>
              <Trash2 aria-hidden="true" />
            </IconButton>
          </div>
          <KeyFields
            apiKey={other}
            bodyless={bodyless}
            problem={(field) => fieldProblem(`auth.others.${index}.${field}`)}
            onChange={(next) => setOthers(others.map((each, at) => (at === index ? next : each)))}
          />
        </fieldset>
      ))}
      <Button
        size="small"
        className="self-start"
        disabled={others.length >= mostOthers}
        onClick={() => setOthers([...others, { displayName: `API key ${others.length + 2}`, key: "", addTo: "header" }])}
      >
        <Plus aria-hidden="true" />
        Add another key
      </Button>
    </>
  );
}

/** What one key is called, for people and for the API, and where it goes. `unplaced`: nobody has said where yet. */
export function KeyFields({
  apiKey,
  unplaced = false,
  onPlaced,
  bodyless,
  problem,
  onChange,
}: {
  apiKey: ApiKey;
  unplaced?: boolean;
  onPlaced?: () => void;
  bodyless: readonly string[];
  problem: (field: string) => string | undefined;
  onChange: (apiKey: ApiKey) => void;
}) {
  const { displayName, key, addTo, prefix } = apiKey;
  const named = { displayName, key, addTo };
  return (
    <>
      <TextField
        label="Display Name"
        required
        maxLength={120}
        help="The display name for your API credentials: what people who connect are asked for."
        error={problem("displayName")}
        value={displayName}
        onChange={(next) => onChange({ ...apiKey, displayName: next })}
      />
      <TextField
        label="Key Name"
        required
        mono
        maxLength={128}
        placeholder="Authorization"
        help="The key's name, for example Authorization. Not your actual API key."
        error={problem("key")}
        value={key}
        onChange={(next) => onChange({ ...apiKey, key: next })}
      />
      <ChoiceField
        label="Placement"
        required
        value={unplaced ? null : addTo}
        options={placements}
        empty="Select"
        help="Where the key is added to each request."
        error={problem("addTo")}
        onChange={(next) => {
          onPlaced?.();
          onChange({ ...named, addTo: next, ...(next === "header" && prefix !== undefined && { prefix }) });
        }}
      />
      {!unplaced && addTo === "body" && <BodyWarning bodyless={bodyless} />}
      {!unplaced && addTo === "header" && (
        <TextField
          label="Prefix"
          mono
          maxLength={40}
          placeholder="Token "
          help="Before the value in the header, where the API wants one."
          error={problem("prefix")}
          value={prefix ?? ""}
          onChange={(next) => onChange(next === "" ? named : { ...named, prefix: next })}
        />
      )}
    </>
  );
}

function BodyWarning({ bodyless }: { bodyless: readonly string[] }) {
  return (
    <p className="rounded-control bg-waiting-tint px-3 py-2 text-sm text-waiting-text">
      GET and DELETE requests have no body, so they are refused with a key in it.
      {bodyless.length > 0 &&
        ` Here: ${bodyless.slice(0, 3).join(", ")}${bodyless.length > 3 ? ` and ${bodyless.length - 3} more` : ""}.`}
    </p>
  );
}
