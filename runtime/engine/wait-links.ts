import { createHmac } from "node:crypto";
import type { Vault } from "../connections/vault.ts";

/** A step that waits; `step` is its key. */
export type WaitPlace = { workspace: string; run: string; step: string };

export type WaitLinks = {
  /** The one URL of a step that waits. It depends on nothing but the step: no row is needed, and it is known before the step begins. */
  url(place: WaitPlace): string;
  token(place: WaitPlace): string;
};

/** Half of an HMAC-SHA256 and more: RFC 2104, 5 asks for 80 bits at least, and nobody guesses 160. As base64url it is 27 characters. */
const macBytes = 20;
export const macLength = 27;

/** Signed URLs of waiting steps, `<public URL>/w/<MAC><place>`, under a key that is made of the master key for this alone. */
export function createWaitLinks({ vault, publicUrl }: { vault: Pick<Vault, "derive">; publicUrl: string }): WaitLinks {
  let key: Buffer | null = null;

  function token({ workspace, run, step }: WaitPlace): string {
    key ??= vault.derive("wait links 1");
    const place = Buffer.from(JSON.stringify([workspace, run, step])).toString("base64url");
    const mac = createHmac("sha256", key).update(place).digest().subarray(0, macBytes);
    return mac.toString("base64url") + place;
  }

  return { token, url: (place) => `${publicUrl}/w/${token(place)}` };
}
