import { type AuthScheme, credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";

/** The identity that the API gave, else the client id or user name, else the connection alone. Null without one. */
export function accountOf(auth: AuthScheme, connection: LoadedConnection | null): string[] | null {
  if (connection === null) return null;
  const { account, credentials, id } = connection;
  if (account !== null) return ["account", account];
  const name = credentialFields(auth).find(({ key, secret }) => !secret && (key === "clientId" || key === "username"));
  const value = name && credentials[name.key];
  return value ? ["name", value] : ["connection", id];
}
