import { useState } from "react";
import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import type { BaseVariable } from "../../../shared/connector/base-variable.ts";
import type { Verification } from "../../../shared/connector/connector.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import { AuthForm } from "./auth-form.tsx";
import { BaseFacts } from "./base-facts.tsx";
import { BaseUrlField } from "./base-url-field.tsx";
import { BaseVariables, variablesFor } from "./base-variables.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { missingInAuth } from "./new-auth.ts";
import { OAuthClient } from "./oauth-client.tsx";
import { RateLimits } from "./rate-limits.tsx";
import { SectionFrame } from "./section-frame.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";
import { VerificationForm } from "./verification-form.tsx";

/** Where the API is, how it is signed in to, which call proves a connection, and how many calls it takes. */
export function BaseSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const { auth } = loaded.document;
  return (
    <SectionFrame
      title="Base URL & authentication"
      lead="Both must be set before any endpoint can be called. Keys and passwords are entered with a connection, never here."
    >
      {readOnly ? <BaseFacts document={loaded.document} /> : <BaseForm loaded={loaded} />}
      {!readOnly && auth.kind === "oauth2" && auth.client === "connector" && <OAuthClient loaded={loaded} />}
      <RateLimits loaded={loaded} readOnly={readOnly} />
    </SectionFrame>
  );
}

function BaseForm({ loaded }: { loaded: LoadedConnector }) {
  const { document, redirectUrl } = loaded;
  const [baseUrl, setBaseUrl] = useState(document.baseUrl);
  // What was said of a variable stays, although the URL may not name it while it is typed.
  const [described, setDescribed] = useState<readonly BaseVariable[]>(document.variables ?? []);
  const [auth, setAuth] = useState<AuthScheme>(document.auth);
  const [verification, setVerification] = useState<Verification | undefined>(document.verification);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const edit = useConnectorEdit(loaded);
  const variables = allVariables(baseUrl, auth, described);
  const problem = (field: string) => missing[field] ?? edit.fieldProblem(field);

  async function save(): Promise<void> {
    const found = missingInAuth(auth);
    setMissing(found);
    if (Object.keys(found).length > 0) return;
    const change = { edit: "base" as const, baseUrl, auth, ...(variables.length > 0 && { variables }) };
    if (await edit.save({ ...change, ...(verification && { verification }) })) notify("done", "Saved");
  }

  return (
    <form
      // What is missing is named beside its field.
      noValidate
      className="flex max-w-form flex-col gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <BaseUrlField baseUrl={baseUrl} error={problem("baseUrl")} onChange={setBaseUrl} />
      <BaseVariables
        baseUrl={baseUrl}
        variables={variables}
        fieldProblem={problem}
        onChange={(next) => setDescribed([...next, ...described.filter(({ key }) => !next.some((each) => each.key === key))])}
      />
      <AuthForm
        auth={auth}
        limits={document.limits}
        redirectUrl={redirectUrl}
        bodyless={document.endpoints.flatMap(({ method, name }) => (method === "GET" || method === "DELETE" ? name : []))}
        fieldProblem={problem}
        onChange={(next) => {
          setAuth(next);
          setMissing({});
        }}
      />
      {document.endpoints.length > 0 && (
        <VerificationForm endpoints={document.endpoints} verification={verification} onChange={setVerification} />
      )}
      {edit.problem && <ProblemLine text={edit.problem} />}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" busy={edit.saving}>
          Save base URL and authentication
        </Button>
        {Object.keys(missing).length > 0 && <span className="text-failed-text text-xs">Something is missing above.</span>}
      </div>
    </form>
  );
}

/** The URLs of an OAuth provider may name variables that the base URL does not. */
function allVariables(baseUrl: string, auth: AuthScheme, described: readonly BaseVariable[]): BaseVariable[] {
  const urls = auth.kind === "oauth2" ? [auth.authorizationUrl, auth.tokenUrl, auth.refreshUrl, auth.identity?.url] : [];
  const found = [baseUrl, ...urls].flatMap((url) => (url ? variablesFor(url, described) : []));
  // A variable that the token answer tells may stand in no URL yet, and is kept as long as it is told.
  const told = auth.kind === "oauth2" ? described.filter(({ key }) => Object.hasOwn(auth.metadata, key)) : [];
  return [...new Map([...found, ...told].map((variable) => [variable.key, variable])).values()];
}
