import { unreachable } from "../../../shared/app-error.ts";
import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import type { RateLimit } from "../../../shared/connector/rate-limit.ts";
import { ApiKeyFields } from "./api-key-fields.tsx";
import { authWords } from "./auth-words.ts";
import { ChoiceField } from "./choice-field.tsx";
import { JwtFields } from "./jwt-fields.tsx";
import { newAuth } from "./new-auth.ts";
import { OAuthFields } from "./oauth-fields.tsx";
import { TokenExchangeFields } from "./token-exchange-fields.tsx";

const kinds = (["oauth2", "api-key", "bearer", "basic", "jwt", "token-exchange", "none"] as const).map((value) => ({
  value,
  label: authWords[value],
}));

type Props = {
  auth: AuthScheme;
  /** The connector's, one of which a token exchange may count in. */
  limits: readonly RateLimit[] | undefined;
  redirectUrl: string;
  /** Names of endpoints whose requests have no body. */
  bodyless: readonly string[];
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: AuthScheme) => void;
};

/** How the API is signed in to. Only names of keys are entered here; their values belong to connections. */
export function AuthForm(props: Props) {
  const { auth, fieldProblem, onChange } = props;
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-3 font-semibold text-base">Authentication</legend>
      <ChoiceField
        label="Authentication method"
        required
        value={auth.kind}
        options={kinds}
        error={fieldProblem("auth")}
        onChange={(kind) => onChange(newAuth(kind))}
      />
      <SchemeFields key={auth.kind} {...props} />
    </fieldset>
  );
}

/** The fields of one kind of authentication. */
export function SchemeFields({ auth, limits, redirectUrl, bodyless, fieldProblem, onChange }: Props) {
  switch (auth.kind) {
    case "none":
      return <Told text="Calls are sent as they are." />;
    case "bearer":
      return <Told text="Each call carries Authorization: Bearer with the token of its connection." />;
    case "basic":
      return <Told text="Each call carries User Name and Password of its connection (Basic Auth)." />;
    case "api-key":
      return <ApiKeyFields auth={auth} bodyless={bodyless} fieldProblem={fieldProblem} onChange={onChange} />;
    case "jwt":
      return <JwtFields auth={auth} fieldProblem={fieldProblem} onChange={onChange} />;
    case "oauth2":
      return <OAuthFields auth={auth} redirectUrl={redirectUrl} fieldProblem={fieldProblem} onChange={onChange} />;
    case "token-exchange":
      return <TokenExchangeFields auth={auth} limits={limits} fieldProblem={fieldProblem} onChange={onChange} />;
    default:
      return unreachable(auth);
  }
}

function Told({ text }: { text: string }) {
  return <p className="text-muted text-sm">{text}</p>;
}
