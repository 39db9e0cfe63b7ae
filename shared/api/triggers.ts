import { z } from "zod";
import { route } from "./route.ts";

/** The next ten times of a schedule, `schedule` being its JSON. `bad_request` names the part that cannot be read. */
export const nextFirings = route({
  method: "GET",
  path: "/triggers/next-firings",
  access: "person",
  query: z.object({ schedule: z.string().max(1_000) }),
  response: z.object({
    /** `at`: ms; `local`: the same in the schedule's zone, e.g. `2026-03-29T03:00:00+02:00`. */
    firings: z.array(z.object({ at: z.int(), local: z.string() })),
  }),
});
