import { z } from "zod";

const whole = (most: number, words: string) => z.int(`must be ${words}`).min(1, `must be ${words}`).max(most, `must be ${words}`);

/** At most `limit` calls in any stretch of `perMs` milliseconds. */
export const RateWindow = z.object({
  limit: whole(1_000_000_000, "a whole number from 1 to 1,000,000,000"),
  perMs: whole(366 * 86_400_000, "a whole number of milliseconds, from 1 to those of 366 days"),
});
export type RateWindow = z.infer<typeof RateWindow>;

/** A slug by which endpoints name the limit that their calls count in. */
export const LimitGroup = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be a slug: lower-case letters, digits, hyphens");

/** What an API lets one account do: all windows hold at once. Without a group it counts the calls that name none. */
export const RateLimit = z.object({
  group: LimitGroup.optional(),
  windows: z.array(RateWindow).min(1, "needs a window").max(5, "has at most 5 windows"),
});
export type RateLimit = z.infer<typeof RateLimit>;

/** The limit that a call of this group counts in; a group that nobody has declared is none. Null: nothing is limited. */
export function limitOf(limits: RateLimit[] | undefined, group: string | undefined): RateLimit | null {
  if (limits === undefined) return null;
  return (group && limits.find((limit) => limit.group === group)) || (limits.find((limit) => !limit.group) ?? null);
}
