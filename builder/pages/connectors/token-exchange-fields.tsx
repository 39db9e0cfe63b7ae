import type { TokenExchange } from "../../../shared/connector/auth-scheme.ts";
import type { RateLimit } from "../../../shared/connector/rate-limit.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { CredentialFields } from "./credential-fields.tsx";
import { LimitGroupField } from "./limit-group-field.tsx";
import { newSignedJwt } from "./new-auth.ts";
import { NumberField } from "./number-field.tsx";
import { PlacementFields } from "./placement-fields.tsx";
import { SignedJwtFields } from "./signed-jwt-fields.tsx";
import { TextField } from "./text-field.tsx";

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
  const { request } = auth;
  const { limitGroup, ...ungrouped } = auth;
  const setRequest = (next: TokenExchange["request"]) => onChange({ ...auth, request: next });
  return (
    <>
      <CredentialFields
        fields={auth.fields}
        least={request.signed ? 0 : 1}
        problem={fieldProblem("auth.fields")}
        onChange={(fields) => onChange({ ...auth, fields })}
      />
      <TextField
        label="Token path"
        required
        mono
        help="Where credentials are posted to, on the API's own host."
        error={fieldProblem("auth.request.path")}
        value={request.path}
        onChange={(path) => setRequest({ ...request, path })}
      />
      <ChoiceField
        label="Written as"
        value={request.encoding ?? "json"}
        options={[
          { value: "json", label: "JSON" },
          { value: "form", label: "A form" },
        ]}
        onChange={(encoding) => setRequest({ ...request, encoding })}
      />
      <JsonInput
        label="Token request body"
        help="{{credentials.<key>}} is filled in when it is sent."
        value={request.body}
        roots={null}
        disabled={false}
        onChange={(body) => setRequest({ ...request, body: body ?? null })}
      />
      <SignedRequest request={request} fieldProblem={fieldProblem} onChange={setRequest} />
      <TextField
        label="Token in the answer"
        required
        mono
        help="Path in the answer's body, for example jwt."
        error={fieldProblem("auth.tokenPath")}
        value={auth.tokenPath}
        onChange={(tokenPath) => onChange({ ...auth, tokenPath })}
      />
      <NumberField
        label="Lives for (minutes)"
        required
        min={1}
        max={527_040}
        help="From its issue; a token that says less itself is renewed earlier."
        value={auth.expiresInMs / 60_000}
        onChange={(minutes) => onChange({ ...auth, expiresInMs: Math.round(minutes * 60_000) })}
      />
      <PlacementFields
        placement={auth.placement}
        problem={fieldProblem("auth.placement.header")}
        onChange={(placement) => onChange({ ...auth, placement })}
      />
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

/** The client may prove itself with a JWT that it signs, instead of a password. */
function SignedRequest({
  request,
  fieldProblem,
  onChange,
}: {
  request: TokenExchange["request"];
  fieldProblem: (field: string) => string | undefined;
  onChange: (request: TokenExchange["request"]) => void;
}) {
  const { signed, ...unsigned } = request;
  return (
    <>
      <Checkbox
        checked={signed !== undefined}
        onChange={(checked) =>
          onChange(
            checked
              ? { ...unsigned, signed: { jwt: newSignedJwt(), placement: { header: "Authorization", prefix: "Bearer " } } }
              : unsigned,
          )
        }
      >
        A JWT that the client signs goes along with the exchange (as with a private key, PKI)
      </Checkbox>
      {signed && (
        <fieldset className="flex min-w-0 flex-col gap-4 rounded-card border border-line p-4">
          <legend className="px-1 font-medium text-sm">Signed JWT</legend>
          <SignedJwtFields jwt={signed.jwt} onChange={(jwt) => onChange({ ...unsigned, signed: { ...signed, jwt } })} />
          <PlacementFields
            placement={signed.placement}
            problem={fieldProblem("auth.request.signed.placement.header")}
            onChange={(placement) => onChange({ ...unsigned, signed: { ...signed, placement } })}
          />
        </fieldset>
      )}
    </>
  );
}
