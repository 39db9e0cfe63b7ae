import { Plus, Trash2 } from "lucide-react";
import type { TokenExchange } from "../../../shared/connector/auth-scheme.ts";
import type { RateLimit } from "../../../shared/connector/rate-limit.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Field } from "../../ui/field.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { LimitGroupField } from "./limit-group-field.tsx";

/** Credentials that are exchanged for a short-lived token at a path of the API. */
export function TokenExchangeFields({
  auth,
  limits,
  fieldProblem,
  onChange,
}: {
  auth: TokenExchange;
  limits: readonly RateLimit[] | undefined;
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: TokenExchange) => void;
}) {
  const { request, placement } = auth;
  const { limitGroup, ...ungrouped } = auth;
  return (
    <>
      <CredentialFields auth={auth} onChange={onChange} />
      <Field
        label="Token path"
        required
        help="Where credentials are posted to, on the API's own host."
        error={fieldProblem("auth.request.path")}
      >
        {(control) => (
          <Input
            {...control}
            mono
            value={request.path}
            onChange={(event) => onChange({ ...auth, request: { ...request, path: event.target.value } })}
          />
        )}
      </Field>
      <JsonInput
        label="Token request body"
        help="{{credentials.<key>}} is filled in when it is sent."
        value={request.body}
        roots={null}
        disabled={false}
        onChange={(body) => onChange({ ...auth, request: { ...request, body: body ?? null } })}
      />
      <Field
        label="Token in the answer"
        required
        help="Path in the answer's body, for example jwt."
        error={fieldProblem("auth.tokenPath")}
      >
        {(control) => (
          <Input
            {...control}
            mono
            value={auth.tokenPath}
            onChange={(event) => onChange({ ...auth, tokenPath: event.target.value })}
          />
        )}
      </Field>
      <Field label="Lives for (minutes)" required help="From its issue; a token that says less itself is renewed earlier.">
        {(control) => (
          <Input
            {...control}
            type="number"
            min={1}
            max={527_040}
            value={auth.expiresInMs / 60_000}
            onChange={({ target: { valueAsNumber } }) => {
              if (valueAsNumber >= 1) onChange({ ...auth, expiresInMs: Math.round(valueAsNumber * 60_000) });
            }}
          />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Header" required error={fieldProblem("auth.placement.header")}>
          {(control) => (
            <Input
              {...control}
              mono
              value={placement.header}
              onChange={(event) => onChange({ ...auth, placement: { ...placement, header: event.target.value } })}
            />
          )}
        </Field>
        <Field label="Prefix">
          {(control) => (
            <Input
              {...control}
              mono
              value={placement.prefix}
              onChange={(event) => onChange({ ...auth, placement: { ...placement, prefix: event.target.value } })}
            />
          )}
        </Field>
      </div>
      <LimitGroupField
        limits={limits}
        group={limitGroup}
        none="None: exchanges count in no limit"
        help="Which of the connector's limits an exchange of the credentials counts in."
        error={fieldProblem("auth.limitGroup")}
        onChange={(group) => onChange(group === undefined ? ungrouped : { ...auth, limitGroup: group })}
      />
    </>
  );
}

function CredentialFields({ auth, onChange }: { auth: TokenExchange; onChange: (auth: TokenExchange) => void }) {
  const { fields } = auth;
  const set = (index: number, change: Partial<TokenExchange["fields"][number]>) =>
    onChange({ ...auth, fields: fields.map((field, at) => (at === index ? { ...field, ...change } : field)) });
  return (
    <div className="flex flex-col gap-2">
      <span className="font-medium text-sm">What people who connect are asked for</span>
      {fields.map((field, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a field's key changes while it is typed
        <div key={index} className="flex items-center gap-2">
          <Input
            aria-label={`Key of field ${index + 1}`}
            mono
            value={field.key}
            onChange={(event) => set(index, { key: event.target.value })}
          />
          <Input
            aria-label={`Label of field ${index + 1}`}
            value={field.label}
            onChange={(event) => set(index, { label: event.target.value })}
          />
          <Checkbox checked={field.secret} onChange={(checked) => set(index, { secret: checked })}>
            Secret
          </Checkbox>
          <IconButton
            label={`Remove field ${field.label}`}
            disabled={fields.length === 1}
            onClick={() => onChange({ ...auth, fields: fields.filter((_, at) => at !== index) })}
          >
            <Trash2 aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <Button
        size="small"
        className="self-start"
        disabled={fields.length >= 20}
        onClick={() =>
          onChange({ ...auth, fields: [...fields, { key: `field${fields.length + 1}`, label: "Field", secret: true }] })
        }
      >
        <Plus aria-hidden="true" />
        Add a field
      </Button>
    </div>
  );
}
