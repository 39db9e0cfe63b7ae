import { unreachable } from "../../../shared/app-error.ts";
import { type ApiKeyAuth, type AuthScheme, JwtAuth } from "../../../shared/connector/auth-scheme.ts";
import { OAuth2 } from "../../../shared/connector/oauth2.ts";
import type { RateLimit } from "../../../shared/connector/rate-limit.ts";
import { Field } from "../../ui/field.tsx";
import { Choice, Input } from "../../ui/input.tsx";
import { authWords } from "./auth-words.ts";
import { TokenExchangeFields } from "./token-exchange-fields.tsx";

type Kind = AuthScheme["kind"];
const kinds = (["none", "api-key", "bearer", "basic", "token-exchange"] as const).map((value) => ({
  value,
  label: authWords[value],
}));

/** How the API is signed in to. Only names of keys are entered here; their values belong to connections. */
export function AuthForm({
  auth,
  limits,
  fieldProblem,
  onChange,
}: {
  auth: AuthScheme;
  /** The connector's, one of which a token exchange may count in. */
  limits: readonly RateLimit[] | undefined;
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: AuthScheme) => void;
}) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-3 font-semibold text-base">Authentication</legend>
      <Field label="Authentication method" required error={fieldProblem("auth")}>
        {(control) => <Choice {...control} value={auth.kind} options={kinds} onChange={(kind) => onChange(newAuth(kind))} />}
      </Field>
      <SchemeFields auth={auth} limits={limits} fieldProblem={fieldProblem} onChange={onChange} />
    </fieldset>
  );
}

function SchemeFields({
  auth,
  limits,
  fieldProblem,
  onChange,
}: {
  auth: AuthScheme;
  limits: readonly RateLimit[] | undefined;
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: AuthScheme) => void;
}) {
  switch (auth.kind) {
    case "none":
      return <Told text="Calls are sent as they are." />;
    case "bearer":
      return <Told text="Each call carries Authorization: Bearer with the token of its connection." />;
    case "basic":
      return <Told text="Each call carries User Name and Password of its connection (Basic Auth)." />;
    case "api-key":
      return <ApiKeyFields auth={auth} fieldProblem={fieldProblem} onChange={onChange} />;
    case "jwt":
    case "oauth2":
      return <Told text={`${authWords[auth.kind]} of this connector.`} />;
    case "token-exchange":
      return <TokenExchangeFields auth={auth} limits={limits} fieldProblem={fieldProblem} onChange={onChange} />;
    default:
      return unreachable(auth);
  }
}

function ApiKeyFields({
  auth,
  fieldProblem,
  onChange,
}: {
  auth: ApiKeyAuth;
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: ApiKeyAuth) => void;
}) {
  return (
    <>
      <Field
        label="Display Name"
        required
        help="The display name for your API credentials: what people who connect are asked for."
        error={fieldProblem("auth.displayName")}
      >
        {(control) => (
          <Input
            {...control}
            maxLength={120}
            value={auth.displayName}
            onChange={(event) => onChange({ ...auth, displayName: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Key Name"
        required
        help="The key's name, for example Authorization. Not your actual API key."
        error={fieldProblem("auth.key")}
      >
        {(control) => (
          <Input
            {...control}
            mono
            maxLength={128}
            value={auth.key}
            onChange={(event) => onChange({ ...auth, key: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Add To"
        required
        {...(auth.addTo === "body" && { help: "Not for GET and DELETE: their requests have no body." })}
      >
        {(control) => (
          <Choice
            {...control}
            value={auth.addTo}
            options={[
              { value: "header", label: "Header" },
              { value: "query", label: "Query parameter" },
              { value: "body", label: "Body" },
            ]}
            onChange={(addTo) => onChange({ ...auth, addTo })}
          />
        )}
      </Field>
    </>
  );
}

function Told({ text }: { text: string }) {
  return <p className="text-muted text-sm">{text}</p>;
}

function newAuth(kind: Kind): AuthScheme {
  switch (kind) {
    case "none":
    case "bearer":
    case "basic":
      return { kind };
    case "api-key":
      return { kind, displayName: "API key", key: "", addTo: "header" };
    case "jwt":
      return JwtAuth.parse({ kind, jwt: { algorithm: "HS256", payload: {} } });
    case "oauth2":
      return { ...OAuth2.parse({ kind, grant: "authorization-code", tokenUrl: "https://" }), authorizationUrl: "", tokenUrl: "" };
    case "token-exchange":
      return {
        kind,
        fields: [
          { key: "username", label: "User name", secret: false },
          { key: "password", label: "Password", secret: true },
        ],
        request: {
          method: "POST",
          path: "/authenticate",
          body: { username: "{{credentials.username}}", password: "{{credentials.password}}" },
        },
        tokenPath: "jwt",
        expiresInMs: 3_600_000,
        placement: { header: "Authorization", prefix: "Bearer " },
      };
    default:
      return unreachable(kind);
  }
}
