import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FlowTestSummary } from "../../../shared/api/flow-tests.ts";
import type { FlowTestResult } from "../../../shared/flow/flow-test.ts";
import { call } from "../../api/client.ts";
import { flowTestsQuery, runFlowTests } from "../../api/flow-test-routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { notSaved } from "../flows/not-saved.ts";

/** What came of tests that were run from this page, by their id, with the draft that it is true of. */
export type TestResults = Readonly<Record<string, { result: FlowTestResult; revision: number }>>;

const none: TestResults = {};

/** The server keeps only whether a test passed: why not is kept here, also while the list of tests is closed. */
function resultsQuery(flow: string) {
  return queryOptions({
    queryKey: ["flow-test-results", flow],
    queryFn: () => none,
    initialData: none,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 3_600_000,
  });
}

export function useTestResults(flow: string): TestResults {
  return useQuery(resultsQuery(flow)).data;
}

/** Runs tests on the draft as it is, which is saved first: all of them, or those that are named. */
export function useRunTests(flow: string, queue: SaveQueue) {
  const client = useQueryClient();
  return useMutation({
    async mutationFn(tests: readonly string[] | undefined) {
      if (!(await queue.flush())) throw notSaved();
      const revision = queue.revision();
      const body = { revision, ...(tests && { tests: [...tests] }) };
      return { revision, ...(await call(runFlowTests, { params: { flow }, body })) };
    },
    onSuccess({ revision, results }) {
      const fresh = Object.fromEntries(results.map(({ test, result }) => [test, { result, revision }]));
      client.setQueryData(resultsQuery(flow).queryKey, (before: TestResults = none) => ({ ...before, ...fresh }));
      return client.invalidateQueries({ queryKey: flowTestsQuery(flow).queryKey });
    },
  });
}

/** Those that failed on the draft as it is now. */
export function failingOn(tests: readonly FlowTestSummary[], queue: SaveQueue): readonly FlowTestSummary[] {
  if (queue.hasUnsaved()) return [];
  return tests.filter(({ last }) => last !== null && !last.passed && last.revision === queue.revision());
}
