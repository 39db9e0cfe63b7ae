import { credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { createRedactor, type Redactor } from "./redact.ts";

type Known = { secrets: string[]; redactor: Redactor };

/** What must never be seen in an answer of a connection. */
export type Secrets = {
  /** For every credential that the connector does not declare as open, and for `token`. */
  redactorOf(
    connector: Connector,
    connection: Pick<LoadedConnection, "id" | "credentials" | "client"> | null,
    token: string | null,
  ): Redactor;
};

/** Remembers the redactor of each connection while its secrets stay the same: building one costs more than using it. */
export function createSecrets(): Secrets {
  const known = new Map<string, Known>();
  const nothing = createRedactor([]);

  function redactorOf(...[connector, connection, token]: Parameters<Secrets["redactorOf"]>): Redactor {
    if (!connection) return nothing;
    const secrets = secretsOf(connector, connection.credentials);
    const client = connection.client?.clientSecret;
    if (client) secrets.push(client);
    if (token !== null) secrets.push(token);
    const found = known.get(connection.id);
    if (found && found.secrets.length === secrets.length && found.secrets.every((secret, index) => secret === secrets[index]))
      return found.redactor;
    if (known.size >= 1_000) known.clear();
    const redactor = createRedactor(secrets);
    known.set(connection.id, { secrets, redactor });
    return redactor;
  }

  return { redactorOf };
}

function secretsOf(connector: Connector, credentials: Record<string, string>): string[] {
  const open = credentialFields(connector.auth).flatMap(({ key, secret }) => (secret ? [] : [key]));
  return Object.entries(credentials).flatMap(([key, value]) => (open.includes(key) ? [] : [value]));
}
