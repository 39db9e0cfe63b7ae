import { queryOptions } from "@tanstack/react-query";
import type * as tests from "../../shared/api/flow-tests.ts";
import { at, call } from "./client.ts";

export const getRunTest = at<typeof tests.getRunTest>("GET", "/runs/:run/test");
export const listFlowTests = at<typeof tests.listFlowTests>("GET", "/flows/:flow/tests");
export const keepFlowTest = at<typeof tests.keepFlowTest>("POST", "/flows/:flow/tests");
export const getFlowTest = at<typeof tests.getFlowTest>("GET", "/flows/:flow/tests/:test");
export const deleteFlowTest = at<typeof tests.deleteFlowTest>("DELETE", "/flows/:flow/tests/:test");
export const runFlowTests = at<typeof tests.runFlowTests>("POST", "/flows/:flow/tests/run");
export const previewReplay = at<typeof tests.previewReplay>("POST", "/flows/:flow/replay-preview");

/** The tests that are kept with a flow, by name. */
export function flowTestsQuery(flow: string) {
  return queryOptions({
    queryKey: ["flow-tests", flow],
    queryFn: ({ signal }) => call(listFlowTests, { params: { flow } }, signal),
  });
}
