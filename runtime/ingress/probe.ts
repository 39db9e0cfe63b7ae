import { randomBytes } from "node:crypto";
import type { Vault } from "../connections/vault.ts";

/** The header of a probe, and of the answer to it. */
export const probeHeader = "x-patchbay-probe";
const mostCharacters = 600;

function place(workspace: string, hook: string) {
  return { table: "hooks", row: hook, workspace, field: "probe" };
}

/**
 * A question that only a node of this installation can answer: sealed by the vault for one hook. The node that gets it opens it and gives
 * the nonce inside back, so whoever asked knows that the URL leads here.
 */
export async function newProbe(vault: Vault, { workspace, hook }: { workspace: string; hook: string }) {
  const nonce = randomBytes(16).toString("hex");
  return { nonce, sealed: await vault.seal(place(workspace, hook), nonce) };
}

/** The nonce of a probe for this hook; null for anything else. */
export async function openProbe(vault: Vault, { workspace, hook, sealed }: { workspace: string; hook: string; sealed: string }) {
  if (sealed.length > mostCharacters) return null;
  // What was not sealed for this hook does not open.
  return vault.open(place(workspace, hook), sealed).catch(() => null);
}
