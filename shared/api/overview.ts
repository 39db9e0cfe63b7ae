import { z } from "zod";
import { route } from "./route.ts";

/** What the home page shows: counts over the last 24 hours, and runs by hour, oldest first. */
export const getOverview = route({
  method: "GET",
  path: "/overview",
  access: "person",
  response: z.object({
    events: z.int(),
    runs: z.object({ succeeded: z.int(), failed: z.int(), canceled: z.int(), active: z.int() }),
    refusals: z.int(),
    hours: z.array(z.object({ startsAt: z.int(), succeeded: z.int(), failed: z.int(), other: z.int() })).length(24),
  }),
});
