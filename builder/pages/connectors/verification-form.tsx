import type { Verification } from "../../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import { Field } from "../../ui/field.tsx";
import { Choice, Input } from "../../ui/input.tsx";

/** The read that proves a connection, and where its answer says whose account it is. */
export function VerificationForm({
  endpoints,
  verification,
  onChange,
}: {
  endpoints: readonly Endpoint[];
  verification: Verification | undefined;
  onChange: (verification: Verification | undefined) => void;
}) {
  const fits = endpoints.filter(
    (endpoint) =>
      effectOf(endpoint) === "read" &&
      endpoint.parameters.every(({ required, default: given }) => !required || given !== undefined),
  );
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-3 font-semibold text-base">Verification</legend>
      <Field
        label="Verification request"
        help="Sent when a connection is added, to check its credentials. It must be a read that needs no inputs."
      >
        {(control) => (
          <Choice
            {...control}
            value={verification?.endpoint ?? "none"}
            options={[{ value: "none", label: "None" }, ...fits.map(({ key, name }) => ({ value: key, label: name }))]}
            onChange={(endpoint) => onChange(endpoint === "none" ? undefined : { ...verification, endpoint, inputs: {} })}
          />
        )}
      </Field>
      {verification && (
        <Field label="Account label" help="Path in the answer that names the account, for example user.login.">
          {(control) => (
            <Input
              {...control}
              mono
              value={verification.accountPath ?? ""}
              onChange={({ target: { value } }) => {
                const { accountPath: _, ...rest } = verification;
                onChange(value === "" ? rest : { ...rest, accountPath: value });
              }}
            />
          )}
        </Field>
      )}
    </fieldset>
  );
}
