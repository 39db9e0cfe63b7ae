import { AppError } from "../../shared/app-error.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { credentialsPlace } from "./load-connection.ts";
import type { Vault } from "./vault.ts";

type Deps = { sql: Sql; vault: Vault; ids: Ids; clock: Clock };
type NewConnection = {
  workspace: string;
  connector: string;
  name: string;
  target: "live" | "sandbox";
  credentials: Record<string, string>;
};

/** Stores credentials for a connector, sealed; gives the connection's id. */
export async function createConnection({ sql, vault, ids, clock }: Deps, connection: NewConnection): Promise<string> {
  const { workspace, connector, name, target, credentials } = connection;
  const id = ids.next("con");
  const sealed = await vault.seal(credentialsPlace(workspace, id), JSON.stringify(credentials));
  const stored = await sql.commit([
    {
      text: `INSERT INTO connections (id, workspace_id, connector_id, name, target, credentials, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      params: [id, workspace, connector, name, target, sealed, clock()],
    },
  ]);
  if (stored.outcome !== "committed") throw new AppError("internal", `the connection "${name}" could not be stored`);
  return id;
}
