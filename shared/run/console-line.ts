import { z } from "zod";

export const ConsoleLevel = z.enum(["log", "info", "warn", "error", "debug"]);
export type ConsoleLevel = z.infer<typeof ConsoleLevel>;

/** What a code step printed with one call: the value `console` of its entry is a list of these. */
export const ConsoleLine = z.object({ level: ConsoleLevel, text: z.string() });
export type ConsoleLine = z.infer<typeof ConsoleLine>;
