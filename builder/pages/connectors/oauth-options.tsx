import type { OAuth2 } from "../../../shared/connector/oauth2.ts";
import { Checkbox } from "../../ui/checkbox.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { KeyValues } from "./key-values.tsx";
import { PlacementFields } from "./placement-fields.tsx";
import { TextField } from "./text-field.tsx";

type Props = {
  auth: OAuth2;
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: OAuth2) => void;
};

const separators = [
  { value: " ", label: "A space" },
  { value: ",", label: "A comma" },
  { value: "+", label: "A plus sign" },
  { value: ";", label: "A semicolon" },
] as const;

/** Who signed in, asked of the API after the authorization: it becomes the connection's account label. */
export function IdentityFields({ auth, fieldProblem, onChange }: Props) {
  const { identity, ...without } = auth;
  const set = (url: string, parameter: string) =>
    onChange(url === "" && parameter === "" ? without : { ...auth, identity: { url, parameter } });
  return (
    <div className="grid grid-cols-[3fr_2fr] items-start gap-4">
      <TextField
        label="Identity endpoint"
        mono
        placeholder="/me"
        help="A path below the base URL, or a whole URL, that says who signed in."
        error={fieldProblem("auth.identity.url")}
        value={identity?.url ?? ""}
        onChange={(url) => set(url, identity?.parameter ?? "")}
      />
      <TextField
        label="Parameter name"
        mono
        required={identity !== undefined}
        placeholder="user.email"
        help="Where its answer names the account."
        error={fieldProblem("auth.identity.parameter")}
        value={identity?.parameter ?? ""}
        onChange={(parameter) => set(identity?.url ?? "", parameter)}
      />
    </div>
  );
}

/** What some providers do in their own way. */
export function OAuthOptions({ auth, fieldProblem, onChange }: Props) {
  const { issuer = "", ...withoutIssuer } = auth;
  const byPerson = auth.grant === "authorization-code";
  return (
    <>
      <ChoiceField
        label="Client Authentication"
        value={auth.clientAuthentication}
        options={[
          { value: "header", label: "In the header (Basic)" },
          { value: "body", label: "In the body" },
        ]}
        onChange={(clientAuthentication) => onChange({ ...auth, clientAuthentication })}
      />
      <ChoiceField
        label="Whose client"
        help="The connector's serves all its connections; or each connection brings an ID and a secret of its own."
        value={auth.client}
        options={[
          { value: "connector", label: "The connector's" },
          { value: "connection", label: "Each connection's own" },
        ]}
        onChange={(client) => onChange({ ...auth, client })}
      />
      {byPerson && (
        <Checkbox checked={auth.pkce} onChange={(pkce) => onChange({ ...auth, pkce })}>
          Use PKCE. Only for providers that refuse its parameters is it to be off.
        </Checkbox>
      )}
      <ChoiceField
        label="Scope separator"
        value={auth.scopeSeparator}
        options={separators}
        onChange={(scopeSeparator) => onChange({ ...auth, scopeSeparator })}
      />
      <ChoiceField
        label="Token requests are written as"
        value={auth.tokenBody}
        options={[
          { value: "form", label: "A form, as the standard says" },
          { value: "json", label: "JSON" },
        ]}
        onChange={(tokenBody) => onChange({ ...auth, tokenBody })}
      />
      {byPerson && (
        <KeyValues
          label="More authorize parameters"
          help="Sent along when a person is sent to the provider, for example access_type = offline."
          names="Authorize parameter"
          values="Authorize value"
          add="Add a parameter"
          value={auth.authorizeParameters}
          onChange={(authorizeParameters) => onChange({ ...auth, authorizeParameters })}
        />
      )}
      <KeyValues
        label="More token parameters"
        help="Sent along when a token is asked for, for example audience."
        names="Token parameter"
        values="Token value"
        add="Add a parameter"
        value={auth.tokenParameters}
        onChange={(tokenParameters) => onChange({ ...auth, tokenParameters })}
      />
      {auth.grant !== "client-credentials" && (
        <KeyValues
          label="More refresh parameters"
          help="Sent along when a token is renewed."
          names="Refresh parameter"
          values="Refresh value"
          add="Add a parameter"
          value={auth.refreshParameters}
          onChange={(refreshParameters) => onChange({ ...auth, refreshParameters })}
        />
      )}
      {byPerson && (
        <TextField
          label="Issuer"
          mono
          placeholder="https://auth.example.com"
          help="A callback that names another issuer is refused (RFC 9207)."
          error={fieldProblem("auth.issuer")}
          value={issuer}
          onChange={(next) => onChange(next === "" ? withoutIssuer : { ...auth, issuer: next })}
        />
      )}
      <TextField
        label="Token in the answer"
        required
        mono
        help="Path in the answer's body; access_token is the standard's."
        error={fieldProblem("auth.tokenPath")}
        value={auth.tokenPath}
        onChange={(tokenPath) => onChange({ ...auth, tokenPath })}
      />
      <PlacementFields
        placement={auth.placement}
        problem={fieldProblem("auth.placement.header")}
        onChange={(placement) => onChange({ ...auth, placement })}
      />
      <KeyValues
        label="Variables from the token answer"
        help="A base URL variable that the provider tells, for example instance_url from the path instance_url."
        names="Variable"
        values="Path in the answer"
        add="Add a variable"
        value={auth.metadata}
        onChange={(metadata) => onChange({ ...auth, metadata })}
      />
    </>
  );
}
