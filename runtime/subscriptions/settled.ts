import { createHash } from "node:crypto";

/**
 * What the provider was told, as a row keeps it. `none`: nothing counts. `asking`: it was told, or was about to be, and nobody knows what
 * came of it; the same request has the same `key`. `told`: it has it. `exists`: it says that there is one already. `left`: after the last
 * was unsubscribed, what is left is looked for once more.
 */
export type Settled =
  | { is: "none" | "exists" | "left" }
  | { is: "asking"; settings: string; key: string }
  | { is: "told"; settings: string };

export function readSettled(text: string | null): Settled {
  const [is, settings = "", key = ""] = (text ?? "none").split(":");
  if (is === "asking") return { is, settings, key };
  if (is === "told") return { is, settings };
  return { is: is === "exists" || is === "left" ? is : "none" };
}

export function writeSettled(settled: Settled): string | null {
  if (settled.is === "asking") return `asking:${settled.settings}:${settled.key}`;
  if (settled.is === "told") return `told:${settled.settings}`;
  return settled.is === "none" ? null : settled.is;
}

/** Names the settings that a provider is told, so that a change of one of them is seen. */
export function settingsName(parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}
