import { z } from "zod";

/**
 * When a schedule fires. Cron has five fields, or six with seconds first, in an IANA time zone. In the hour that a clock skips a fixed
 * time fires at the next moment that exists; in the hour that it repeats it fires once.
 */
export const Schedule = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("cron"),
    expression: z.string().trim().min(1, "enter a schedule").max(120),
    timeZone: z.string().min(1).max(64),
  }),
  /** Counted from the moment that the flow was published. */
  z.object({
    kind: z.literal("interval"),
    everyMs: z
      .int()
      .min(1_000, "at least one second")
      .max(366 * 86_400_000),
  }),
]);
export type Schedule = z.infer<typeof Schedule>;

/** What becomes of firings that nobody was there for: one run, none, or one for each (at most the last 100). */
export const MisfirePolicy = z.enum(["once", "skip", "all"]);
export type MisfirePolicy = z.infer<typeof MisfirePolicy>;
