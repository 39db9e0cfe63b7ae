import { z } from "zod";
import { FlowTest } from "../flow/flow-test.ts";
import { route } from "./route.ts";

/** A flow test that goes as an ended run went. Throws `conflict` for a run that goes on, or that began as another one's. */
export const getRunTest = route({
  method: "GET",
  path: "/runs/:run/test",
  access: "person",
  params: z.object({ run: z.string().max(100) }),
  response: FlowTest,
});
