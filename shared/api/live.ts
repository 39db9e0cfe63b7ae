import { z } from "zod";
import { JournalEntry } from "../run/journal.ts";
import { RunStatus } from "../run/run.ts";

/** `GET /api/v1/live/runs/:run`: server-sent events `entry`, each with the entry's number as its id; resumes after Last-Event-ID. */
export const runStreamPath = "/live/runs/:run";
export const RunStreamMessage = JournalEntry;
export type RunStreamMessage = z.infer<typeof RunStreamMessage>;

/** `GET /api/v1/live/workspace`: events `hint`, `event` and `refusal`, never replayed; the client refetches its lists on connect. */
export const workspaceStreamPath = "/live/workspace";
export const RunHint = z.object({ run: z.string(), flow: z.string(), status: RunStatus });
export type RunHint = z.infer<typeof RunHint>;
/** An event was stored, whether or not it started a run. Of several in a moment, the newest of each flow. */
export const EventHint = z.object({ event: z.string(), flow: z.string() });
export type EventHint = z.infer<typeof EventHint>;
