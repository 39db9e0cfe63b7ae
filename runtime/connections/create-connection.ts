import type { AuthScheme } from "../../shared/connector/auth-scheme.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Statement } from "../store/sql.ts";
import { openValues } from "./check-credentials.ts";
import { credentialsPlace } from "./load-connection.ts";
import type { Vault } from "./vault.ts";

type Deps = { vault: Vault; ids: Ids; clock: Clock };
type NewConnection = {
  workspace: string;
  /** Id of the connector's row. */
  connector: string;
  auth: AuthScheme;
  name: string;
  target: "live" | "sandbox";
  credentials: Record<string, string>;
  /** Where the credentials may be sent: `credentialsOrigins`. */
  origin: string | null;
  variables?: Record<string, string> | undefined;
  baseUrl?: string | null | undefined;
};

/** Seals credentials for a connector: the row of a connection, to be committed, and its id. */
export async function newConnection(
  { vault, ids, clock }: Deps,
  connection: NewConnection,
): Promise<{ id: string; statement: Statement }> {
  const { workspace, connector, auth, name, target, credentials, origin, variables = {}, baseUrl = null } = connection;
  const id = ids.next("con");
  const sealed = await vault.seal(credentialsPlace(workspace, id), JSON.stringify(credentials));
  const now = clock();
  return {
    id,
    statement: {
      text: `INSERT INTO connections (id, workspace_id, connector_id, name, target, credentials, open_values, created_at, credentials_set_at, origin,
          variables, base_url, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12)`,
      params: [
        id,
        workspace,
        connector,
        name,
        target,
        sealed,
        JSON.stringify(openValues(auth, credentials)),
        now,
        origin,
        JSON.stringify(variables),
        baseUrl,
        stateBefore(auth),
      ],
    },
  };
}

/** The state of a connection that nobody has checked: where a person has to sign in, that comes first. */
export function stateBefore(auth: AuthScheme): "unverified" | "needs-authorization" {
  return auth.kind === "oauth2" && auth.grant === "authorization-code" ? "needs-authorization" : "unverified";
}
