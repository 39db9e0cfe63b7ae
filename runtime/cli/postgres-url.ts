/** Whom our own Postgres knows: it listens on loopback only, and its folder is its user's alone. */
export const postgresRole = { user: "patchbay", password: "patchbay" };

/** `postgres://…` of our own Postgres on this port of 127.0.0.1. */
export function postgresUrl(port: number): string {
  const { user, password } = postgresRole;
  return `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
}
