import type { JwtAuth } from "../../../shared/connector/auth-scheme.ts";
import { ChoiceField } from "./choice-field.tsx";
import { CredentialFields } from "./credential-fields.tsx";
import { SignedJwtFields } from "./signed-jwt-fields.tsx";
import { TextField } from "./text-field.tsx";

/** A JWT that is signed for each connection and goes along with each call. */
export function JwtFields({
  auth,
  fieldProblem,
  onChange,
}: {
  auth: JwtAuth;
  fieldProblem: (field: string) => string | undefined;
  onChange: (auth: JwtAuth) => void;
}) {
  return (
    <>
      <ChoiceField
        label="Add to"
        required
        value={auth.addTo}
        options={[
          { value: "header", label: "Request header" },
          { value: "query", label: "Query parameter" },
        ]}
        onChange={(addTo) => onChange({ ...auth, addTo, name: auth.name === standard[auth.addTo] ? standard[addTo] : auth.name })}
      />
      <div className="grid grid-cols-2 items-start gap-4">
        <TextField
          label={auth.addTo === "header" ? "Header" : "Parameter"}
          required
          mono
          error={fieldProblem("auth.name")}
          value={auth.name}
          onChange={(name) => onChange({ ...auth, name })}
        />
        {auth.addTo === "header" && (
          <TextField label="Prefix" mono value={auth.prefix} onChange={(prefix) => onChange({ ...auth, prefix })} />
        )}
      </div>
      <SignedJwtFields jwt={auth.jwt} onChange={(jwt) => onChange({ ...auth, jwt })} />
      <CredentialFields
        fields={auth.fields}
        least={0}
        problem={fieldProblem("auth.fields")}
        onChange={(fields) => onChange({ ...auth, fields })}
      />
    </>
  );
}

/** What it is usually called in either place. */
const standard = { header: "Authorization", query: "token" } as const;
