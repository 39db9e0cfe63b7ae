/** Where a hook's secrets stand: bound into their ciphertext. */
export function hookSecretsPlace(workspace: string, id: string) {
  return { table: "hooks", row: id, workspace, field: "secrets" };
}

/** Where the one secret of all subscriptions of an incoming webhook stands. */
export function definitionSecretsPlace(workspace: string, connectorId: string, webhook: string) {
  return { table: "webhook_secrets", row: `${connectorId}/${webhook}`, workspace, field: "secrets" };
}

export function verifyTokenPlace(workspace: string, id: string) {
  return { table: "hooks", row: id, workspace, field: "verify_token" };
}
