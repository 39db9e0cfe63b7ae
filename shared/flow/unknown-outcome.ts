import { z } from "zod";

/** What becomes of an unsafe call whose result is unknown after a crash or a lost connection. */
export const UnknownOutcomePolicy = z.enum(["send-again", "ask", "fail"]);
export type UnknownOutcomePolicy = z.infer<typeof UnknownOutcomePolicy>;
