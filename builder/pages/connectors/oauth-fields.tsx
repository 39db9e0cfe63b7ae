import type { OAuth2 } from "../../../shared/connector/oauth2.ts";
import { Advanced } from "./advanced.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { maxScopes } from "./limits.ts";
import { IdentityFields, OAuthOptions } from "./oauth-options.tsx";
import { RedirectUrl } from "./redirect-url.tsx";
import { TextField } from "./text-field.tsx";

const grants = [
  { value: "authorization-code", label: "Authorization code: a person signs in and allows it" },
  { value: "client-credentials", label: "Client credentials: the client itself is the account" },
  { value: "password", label: "Passwordless credentials: user name and password of the account" },
] as const;

type Props = {
  auth: OAuth2;
  redirectUrl: string;
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: OAuth2) => void;
};

/** OAuth 2.0 with all its options; the client is entered beside it. */
export function OAuthFields(props: Props) {
  const { auth, onChange } = props;
  return (
    <>
      <GrantField auth={auth} onChange={onChange} />
      <OAuthUrls {...props} />
      {auth.grant === "authorization-code" && <IdentityFields {...props} />}
      <Advanced>
        <OAuthOptions {...props} />
      </Advanced>
    </>
  );
}

export function GrantField({ auth, onChange }: Pick<Props, "auth" | "onChange">) {
  return (
    <ChoiceField
      label="Grant type"
      required
      value={auth.grant}
      options={grants}
      onChange={(grant) => {
        const { authorizationUrl = "", ...rest } = auth;
        onChange(grant === "authorization-code" ? { ...rest, grant, authorizationUrl } : { ...rest, grant });
      }}
    />
  );
}

/** What every provider's documentation names: the addresses and the scopes. */
export function OAuthUrls({ auth, redirectUrl, fieldProblem, onChange }: Props) {
  const { refreshUrl = "", ...withoutRefresh } = auth;
  return (
    <>
      {auth.grant === "authorization-code" && (
        <>
          <RedirectUrl url={redirectUrl} />
          <TextField
            label="Authorization URL"
            required
            mono
            placeholder="https://auth.example.com/oauth2/authorize"
            help="Where people are sent to authenticate with your API."
            error={fieldProblem("auth.authorizationUrl")}
            value={auth.authorizationUrl ?? ""}
            onChange={(authorizationUrl) => onChange({ ...auth, authorizationUrl })}
          />
        </>
      )}
      <TextField
        label="Access token URL"
        required
        mono
        placeholder="https://auth.example.com/oauth2/token"
        help="The API endpoint that gives access tokens."
        error={fieldProblem("auth.tokenUrl")}
        value={auth.tokenUrl}
        onChange={(tokenUrl) => onChange({ ...auth, tokenUrl })}
      />
      {auth.grant !== "client-credentials" && (
        <TextField
          label="Refresh token URL"
          mono
          placeholder="https://auth.example.com/oauth2/refresh_token"
          help="The API endpoint that takes refresh tokens, when it is another one."
          error={fieldProblem("auth.refreshUrl")}
          value={refreshUrl}
          onChange={(url) => onChange(url === "" ? withoutRefresh : { ...auth, refreshUrl: url })}
        />
      )}
      <TextField
        label="Scopes"
        mono
        maxLength={maxScopes}
        counter={`${auth.scopes.length}/${maxScopes}`}
        help="The API scope areas to be used, separated by spaces."
        error={fieldProblem("auth.scopes")}
        value={auth.scopes}
        onChange={(scopes) => onChange({ ...auth, scopes })}
      />
    </>
  );
}
