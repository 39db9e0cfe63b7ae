import { isSymmetric, type JwtAlgorithm, type SignedJwt } from "../../../shared/connector/signed-jwt.ts";
import { ChoiceField } from "./choice-field.tsx";
import { JsonObjectField } from "./json-object-field.tsx";
import { NumberField } from "./number-field.tsx";

const algorithms: readonly { value: JwtAlgorithm; label: string }[] = [
  { value: "HS256", label: "HS256 · secret" },
  { value: "HS384", label: "HS384 · secret" },
  { value: "HS512", label: "HS512 · secret" },
  { value: "RS256", label: "RS256 · private key" },
  { value: "RS384", label: "RS384 · private key" },
  { value: "RS512", label: "RS512 · private key" },
  { value: "PS256", label: "PS256 · private key" },
  { value: "PS384", label: "PS384 · private key" },
  { value: "PS512", label: "PS512 · private key" },
  { value: "ES256", label: "ES256 · private key" },
  { value: "ES384", label: "ES384 · private key" },
  { value: "ES512", label: "ES512 · private key" },
  { value: "EdDSA", label: "EdDSA · private key" },
];

/** How a JWT is made: algorithm, claims, header, life. What it is signed with belongs to a connection. */
export function SignedJwtFields({ jwt, onChange }: { jwt: SignedJwt; onChange: (jwt: SignedJwt) => void }) {
  return (
    <>
      <ChoiceField
        label="Algorithm"
        required
        value={jwt.algorithm}
        options={algorithms}
        help={
          isSymmetric(jwt.algorithm)
            ? "Signed with the secret of the connection, which people enter when they connect."
            : "Signed with the private key of the connection (PEM, PKCS #8), which people enter when they connect."
        }
        onChange={(algorithm) => onChange({ ...jwt, algorithm })}
      />
      {isSymmetric(jwt.algorithm) && (
        <ChoiceField
          label="The secret is"
          value={jwt.secretEncoding}
          options={[
            { value: "text", label: "Text, as it is" },
            { value: "base64", label: "Base64" },
          ]}
          onChange={(secretEncoding) => onChange({ ...jwt, secretEncoding })}
        />
      )}
      <JsonObjectField
        label="Payload (Token)"
        help="Its claims, as an object; {{credentials.<key>}} is filled in. iat and exp are added."
        value={jwt.payload}
        onChange={(payload) => onChange({ ...jwt, payload })}
      />
      <JsonObjectField
        label="JWT header"
        help="More fields of its header, as an object, for example kid; alg and typ are added."
        value={jwt.header}
        onChange={(header) => onChange({ ...jwt, header })}
      />
      <div className="grid grid-cols-2 items-start gap-4">
        <NumberField
          label="Lives for (seconds)"
          min={1}
          max={86_400}
          help="From iat to exp."
          value={jwt.lifetimeMs / 1_000}
          onChange={(seconds) => onChange({ ...jwt, lifetimeMs: Math.round(seconds * 1_000) })}
        />
        <NumberField
          label="Backdated by (seconds)"
          min={0}
          max={600}
          help="For APIs whose clock is behind."
          value={jwt.backdateMs / 1_000}
          onChange={(seconds) => onChange({ ...jwt, backdateMs: Math.round(seconds * 1_000) })}
        />
      </div>
    </>
  );
}
