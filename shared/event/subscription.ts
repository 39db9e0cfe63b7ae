import { z } from "zod";

/** How a hook answers its sender once the event is durable. */
export const HookAnswer = z.object({
  status: z.int().min(200).max(299).default(200),
  /** How long a sender waits for the flow's respond step before it gets 202. */
  answerWithinMs: z.int().min(0).max(30_000).default(2_500),
});
export type HookAnswer = z.infer<typeof HookAnswer>;
