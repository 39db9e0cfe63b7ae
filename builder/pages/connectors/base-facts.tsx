import { unreachable } from "../../../shared/app-error.ts";
import { type AuthScheme, apiKeysOf } from "../../../shared/connector/auth-scheme.ts";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { Fact, Facts } from "../../ui/facts.tsx";
import { authWords } from "./auth-words.ts";

const places = { header: "a header", query: "the query", body: "the body" } as const;

/** Base URL, authentication and verification for somebody who may not change them: facts, not fields. */
export function BaseFacts({ document }: { document: ConnectorDraft }) {
  const { baseUrl, variables = [], auth, verification, endpoints } = document;
  const verifying = endpoints.find(({ key }) => key === verification?.endpoint);
  return (
    <Facts>
      <Fact name="Base URL">
        {baseUrl === "" ? <span className="text-muted">Not set</span> : <code className="font-mono text-xs">{baseUrl}</code>}
      </Fact>
      {variables.length > 0 && (
        <Fact name="Asked of connections">{variables.map(({ key, label }) => `${label} ({${key}})`).join(", ")}</Fact>
      )}
      <Fact name="Authentication">{authWords[auth.kind]}</Fact>
      <Fact name="What is sent">{sentWords(auth)}</Fact>
      {auth.kind === "oauth2" && auth.scopes !== "" && (
        <Fact name="Scopes">
          <code className="font-mono text-xs">{auth.scopes}</code>
        </Fact>
      )}
      <Fact name="Verification request">{verifying?.name ?? <span className="text-muted">None</span>}</Fact>
      {verification?.accountPath && (
        <Fact name="Account label">
          <code className="font-mono text-xs">{verification.accountPath}</code>
        </Fact>
      )}
    </Facts>
  );
}

function sentWords(auth: AuthScheme): string {
  switch (auth.kind) {
    case "none":
      return "Calls are sent as they are.";
    case "bearer":
      return "Authorization: Bearer with the token of the connection.";
    case "basic":
      return "User Name and Password of the connection.";
    case "api-key":
      return apiKeysOf(auth)
        .map(({ displayName, addTo, key }) => `“${displayName}” of the connection, in ${places[addTo]} as ${key}.`)
        .join(" ");
    case "jwt":
      return `A JWT that is signed (${auth.jwt.algorithm}) with the secret of the connection, in ${places[auth.addTo]} as ${auth.name}.`;
    case "oauth2":
      return `${auth.placement.header} with the access token that ${auth.tokenUrl} gives for the connection.`;
    case "token-exchange": {
      const asked = auth.fields.map(({ label }) => `“${label}”`).join(" and ");
      return `${asked} of the connection are exchanged at ${auth.request.path} for a token, which each call carries in the header ${auth.placement.header}.`;
    }
    default:
      return unreachable(auth);
  }
}
