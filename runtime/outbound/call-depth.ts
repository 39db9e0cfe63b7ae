import { createHmac } from "node:crypto";
import type { Vault } from "../connections/vault.ts";

/** Names the header by which a run that calls this very installation says how deep its call is. */
export const depthHeader = "patchbay-depth";

export type CallDepth = {
  /** The header's value, `<depth>.<MAC>`: the depth of the run that the call would start. */
  text(depth: number): string;
  /** The header of a call to `origin`; null where the call goes to somebody else, who learns nothing of it. */
  headerFor(origin: string, depth: number): Record<string, string> | null;
};

/** As of `wait-links.ts`: 160 bits that nobody guesses. */
const macBytes = 20;

/**
 * How a flow that calls its own hook URL is known as one that starts itself (case E9): the depth of a run goes with its calls to our
 * public URL, under a key that is made of the master key for this alone. Whoever got hold of a value could at worst have his own
 * deliveries refused.
 */
export function createCallDepth({ vault, publicUrl }: { vault: Pick<Vault, "derive">; publicUrl: string }): CallDepth {
  const own = withoutDot(new URL(publicUrl).origin);
  let key: Buffer | null = null;

  function text(depth: number): string {
    key ??= vault.derive("call depth 1");
    const mac = createHmac("sha256", key).update(String(depth)).digest().subarray(0, macBytes);
    return `${depth}.${mac.toString("base64url")}`;
  }

  return { text, headerFor: (origin, depth) => (withoutDot(origin) === own ? { [depthHeader]: text(depth) } : null) };
}

/** A name that ends in a dot is the same one, and leads to the same server (RFC 1034, 3.1). */
function withoutDot(origin: string): string {
  return origin.replace(/\.(?=$|:\d+$)/, "");
}
