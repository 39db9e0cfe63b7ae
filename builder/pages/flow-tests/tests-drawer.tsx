import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Play, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { FlowTestSummary } from "../../../shared/api/flow-tests.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { flowTestsQuery, keepFlowTest } from "../../api/flow-test-routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { Button } from "../../ui/button.tsx";
import { FileButton } from "../../ui/file-button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.ts";
import { ProblemItems } from "../flows/problems-list.tsx";
import { problemsOf } from "../flows/problems-of.ts";
import { useSaveState } from "../flows/use-editor.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import { readTestFile } from "./read-test-file.ts";
import { TestRow } from "./test-row.tsx";
import { failingOn, type TestResults, useRunTests, useTestResults } from "./use-flow-tests.ts";

type DrawerProps = {
  flow: string;
  document: Flow;
  queue: SaveQueue;
  onChoose: (node: string) => void;
  onClose: () => void;
};

/** The tests that are kept with a flow, over the foot of the canvas: run on the draft, they say where it goes otherwise. */
export default function TestsDrawer({ flow, document, queue, onChoose, onClose }: DrawerProps) {
  useSaveState(queue);
  const list = useQuery(flowTestsQuery(flow));
  const results = useTestResults(flow);
  const run = useRunTests(flow, queue);
  const add = useAddTest(flow);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(firstFailing(list.data?.tests ?? [], results)));
  const keyboard = useKeyboardAfter(list.data?.tests.length);
  const tests = list.data?.tests ?? [];
  const problems = run.error && problemsOf(run.error);
  const start = (named?: readonly string[]) =>
    run.mutate(named, {
      onSuccess: ({ results: found }) => {
        const failed = found.flatMap(({ test, result }) => (result.passed ? [] : [test]));
        setOpen(new Set(named ? found.map(({ test }) => test) : failed.slice(0, 1)));
      },
    });
  return (
    <section aria-label="Tests" className="flex h-2/5 min-h-60 shrink-0 animate-appear flex-col border-line border-t bg-page">
      <header className="flex shrink-0 items-center gap-2 border-line border-b py-1.5 pr-2 pl-4">
        <h2 ref={keyboard.heading} tabIndex={-1} className="rounded-small font-semibold text-sm">
          Tests
        </h2>
        <p role="status" className="mr-auto min-w-0 truncate text-muted text-sm">
          {run.isPending ? "Running on the draft …" : standing(tests, queue)}
        </p>
        <FileButton size="small" disabled={add.isPending} onFile={(file) => add.mutate(file)}>
          Upload
        </FileButton>
        {tests.length > 0 && (
          <Button size="small" busy={run.isPending} onClick={() => start()}>
            <Play aria-hidden="true" />
            Run all
          </Button>
        )}
        <IconButton label="Close the tests" onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {run.error && (
          <div className="p-3">
            {problems ? (
              <>
                <p className="px-2 pb-1 text-sm">The draft has problems, so no test was run.</p>
                <ProblemItems problems={problems} document={document} onChoose={onChoose} />
              </>
            ) : (
              <ProblemLine text={`No test was run. ${explain(run.error).why} ${explain(run.error).todo}`} />
            )}
          </div>
        )}
        {list.isPending ? (
          <SkeletonRows rows={3} />
        ) : list.error && !list.data ? (
          <ApiProblem error={list.error} what="The tests could not be loaded" onRetry={() => void list.refetch()} />
        ) : tests.length === 0 ? (
          <NoTests flow={flow} />
        ) : (
          <ul>
            {tests.map((test) => (
              <TestRow
                key={test.id}
                flow={flow}
                test={test}
                document={document}
                found={results[test.id]}
                revision={queue.hasUnsaved() ? null : queue.revision()}
                open={open.has(test.id)}
                busy={run.isPending}
                onToggle={() => setOpen(toggled(open, test.id))}
                onRun={() => start([test.id])}
                onChoose={onChoose}
                onDeleted={keyboard.expectGone}
              />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function NoTests({ flow }: { flow: string }) {
  return (
    <div className="mx-auto flex max-w-reading flex-col items-center gap-2 px-6 py-8 text-center">
      <h3 className="font-semibold text-base">No tests yet</h3>
      <p className="text-balance text-muted text-sm">
        A test goes over a run again, with its recorded answers, and says where the draft goes otherwise. Open an ended run and
        save it as a test, or upload one.
      </p>
      <Link to="/runs" search={{ flow }} className="rounded-small font-medium text-accent-text text-sm hover:underline">
        Runs of this flow
      </Link>
    </div>
  );
}

/** Keeps the test of a chosen file; says why a file is none. */
function useAddTest(flow: string) {
  const client = useQueryClient();
  return useMutation({
    async mutationFn(file: File) {
      const read = await readTestFile(file);
      if (read.outcome === "refused") return read;
      await call(keepFlowTest, { params: { flow }, body: { test: read.test } });
      return read;
    },
    onSuccess(read) {
      if (read.outcome === "refused") return notify("failed", "No test was added", read.why);
      notify("done", `“${read.test.name}” was added`);
      return client.invalidateQueries({ queryKey: flowTestsQuery(flow).queryKey });
    },
    onError: (error) => notify("failed", "No test was added", explain(error).why),
  });
}

/** With a row that is deleted goes what had the keyboard: the heading of the list takes it. `count`: of the rows. */
function useKeyboardAfter(count: number | undefined) {
  const heading = useRef<HTMLHeadingElement>(null);
  const going = useRef(false);
  useEffect(() => {
    if (count === undefined || !going.current) return;
    going.current = false;
    heading.current?.focus();
  }, [count]);
  return {
    heading,
    expectGone: () => {
      going.current = true;
    },
  };
}

/** How many pass and fail on the draft as it is now. */
function standing(tests: readonly FlowTestSummary[], queue: SaveQueue): string {
  if (tests.length === 0) return "";
  const failing = failingOn(tests, queue).length;
  const here = queue.hasUnsaved() ? 0 : tests.filter(({ last }) => last?.revision === queue.revision()).length;
  if (here === 0) return "None was run on this draft. Nothing is sent when they run.";
  const rest = here < tests.length ? `, ${tests.length - here} not run on this draft` : "";
  return `${here - failing} passed, ${failing} failed${rest}`;
}

function firstFailing(tests: readonly FlowTestSummary[], results: TestResults): string[] {
  const failing = tests.find(({ id }) => results[id]?.result.passed === false);
  return failing ? [failing.id] : [];
}

function toggled(open: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(id)) next.add(id);
  return next;
}
