import type { SealedPlace, Vault } from "../connections/vault.ts";
import type { SigningSecret } from "./verify/delivery.ts";

export type ChosenSecret = { given: string } | "generate" | "keep";

/** How many old ones may count at a time, so that rotating over and over does not gather keys. */
const mostOld = 3;

/**
 * The secrets of a hook after a new one was set: that first, then those that still count. The old one counts for `overlapMs` more; with
 * none it ends at once.
 */
export function rotate(
  stored: SigningSecret[],
  { secret, overlapMs, now }: { secret: string; overlapMs: number; now: number },
): SigningSecret[] {
  const old = stored.flatMap((each): SigningSecret[] => {
    const expiresAt = Math.min(each.expiresAt ?? Number.POSITIVE_INFINITY, now + overlapMs);
    return each.secret !== secret && expiresAt > now ? [{ secret: each.secret, expiresAt }] : [];
  });
  return [{ secret, expiresAt: null }, ...old.slice(0, mostOld)];
}

export async function openSecrets(vault: Vault, place: SealedPlace, sealed: string | null): Promise<SigningSecret[]> {
  return sealed === null ? [] : (JSON.parse(await vault.open(place, sealed)) as SigningSecret[]);
}
