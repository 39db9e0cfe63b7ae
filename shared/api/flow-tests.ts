import { z } from "zod";
import { FlowTest, FlowTestResult } from "../flow/flow-test.ts";
import { ReplayedRun } from "../flow/replay.ts";
import { route } from "./route.ts";

const flowParams = z.object({ flow: z.string().max(100) });
const testParams = flowParams.extend({ test: z.string().max(100) });

/** A flow test that goes as an ended run went. Throws `conflict` for a run that goes on, or that began as another one's. */
export const getRunTest = route({
  method: "GET",
  path: "/runs/:run/test",
  access: "person",
  params: z.object({ run: z.string().max(100) }),
  response: FlowTest,
});

/** A test that is kept with its flow: it is run with the draft in the place of its own flow. */
export const FlowTestSummary = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.int(),
  expectations: z.int(),
  calls: z.int(),
  /** How it went last, and on which revision of the draft; null before it was run. */
  last: z.object({ passed: z.boolean(), at: z.int(), revision: z.int() }).nullable(),
});
export type FlowTestSummary = z.infer<typeof FlowTestSummary>;

/** By name. */
export const listFlowTests = route({
  method: "GET",
  path: "/flows/:flow/tests",
  access: "person",
  params: flowParams,
  response: z.object({ tests: z.array(FlowTestSummary) }),
});

/**
 * Keeps a test with a flow: made of an ended run of it (refused as in `getRunTest`), or a file. `bad_request` for a file whose flow is only
 * named, and for more than 4 MB; `conflict` when the flow has a test of that name, or 200 of them.
 */
export const keepFlowTest = route({
  method: "POST",
  path: "/flows/:flow/tests",
  access: "administrator",
  params: flowParams,
  body: z
    .object({
      run: z.string().max(100).optional(),
      /** Of the test that is made of a run. */
      name: z.string().trim().min(1, "enter a name").max(200).optional(),
      test: FlowTest.optional(),
    })
    .refine(({ run, name, test }) => (test ? run === undefined : run !== undefined && name !== undefined), {
      message: "give either a run and a name, or a test",
    }),
  response: z.object({ test: z.string() }),
  maxBodyBytes: 8 * 1024 * 1024,
});

/** The whole test, as a file holds it. */
export const getFlowTest = route({
  method: "GET",
  path: "/flows/:flow/tests/:test",
  access: "person",
  params: testParams,
  response: FlowTest,
});

export const deleteFlowTest = route({
  method: "DELETE",
  path: "/flows/:flow/tests/:test",
  access: "administrator",
  params: testParams,
  response: z.object({}),
});

/**
 * Runs tests of a flow on its draft, all unless some are named. Nothing is sent anywhere. `conflict` with `details.revision` when the draft has moved on;
 * `invalid_document` when it could not run; `rate_limited` while the same is done for others.
 */
export const runFlowTests = route({
  method: "POST",
  path: "/flows/:flow/tests/run",
  access: "administrator",
  params: flowParams,
  body: z.object({ revision: z.int(), tests: z.array(z.string().max(100)).max(200).optional() }),
  response: z.object({ results: z.array(z.object({ test: z.string(), result: FlowTestResult })) }),
});

/**
 * What the draft would make of the last runs of the published flow: each is gone over again on its own event, its recorded answers and a virtual clock.
 * Nothing is sent anywhere. Newest first; refused as `runFlowTests` is.
 */
export const previewReplay = route({
  method: "POST",
  path: "/flows/:flow/replay-preview",
  access: "administrator",
  params: flowParams,
  body: z.object({ revision: z.int(), last: z.int().min(1).max(50).default(10) }),
  response: z.object({ runs: z.array(ReplayedRun) }),
});
