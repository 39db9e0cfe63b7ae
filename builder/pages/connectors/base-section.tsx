import { useState } from "react";
import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import type { Verification } from "../../../shared/connector/connector.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import { AuthForm } from "./auth-form.tsx";
import { BaseFacts } from "./base-facts.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { RateLimits } from "./rate-limits.tsx";
import { SectionFrame } from "./section-frame.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";
import { VerificationForm } from "./verification-form.tsx";

/** Where the API is, how it is signed in to, which call proves a connection, and how many calls it takes. */
export function BaseSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  return (
    <SectionFrame
      title="Base URL & authentication"
      lead="Both must be set before any endpoint can be called. Keys and passwords are entered with a connection, never here."
    >
      {readOnly ? <BaseFacts document={loaded.document} /> : <BaseForm loaded={loaded} />}
      <RateLimits loaded={loaded} readOnly={readOnly} />
    </SectionFrame>
  );
}

function BaseForm({ loaded }: { loaded: LoadedConnector }) {
  const { document } = loaded;
  const [baseUrl, setBaseUrl] = useState(document.baseUrl);
  const [auth, setAuth] = useState<AuthScheme>(document.auth);
  const [verification, setVerification] = useState<Verification | undefined>(document.verification);
  const edit = useConnectorEdit(loaded);
  return (
    <form
      className="flex max-w-form flex-col gap-6"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await edit.save({ edit: "base", baseUrl, auth, ...(verification && { verification }) })) notify("done", "Saved");
      }}
    >
      <Field
        label="Base URL"
        required
        error={edit.fieldProblem("baseUrl")}
        help="Enter the Base URL for your API. This should be the root domain or subdomain for your API requests to ensure proper endpoint alignment and prevent misconfigured or unauthorized requests."
      >
        {(control) => (
          <Input
            {...control}
            mono
            placeholder="https://api.example.com/v2"
            value={baseUrl}
            onChange={(event) => setBaseUrl(event.target.value)}
          />
        )}
      </Field>
      <AuthForm auth={auth} limits={document.limits} fieldProblem={edit.fieldProblem} onChange={setAuth} />
      {document.endpoints.length > 0 && (
        <VerificationForm endpoints={document.endpoints} verification={verification} onChange={setVerification} />
      )}
      {edit.problem && <ProblemLine text={edit.problem} />}
      <Button type="submit" look="primary" className="self-start" busy={edit.saving}>
        Save base URL and authentication
      </Button>
    </form>
  );
}
