import { useQuery } from "@tanstack/react-query";
import { explain } from "../../api/explain.ts";
import { flowTestsQuery } from "../../api/flow-test-routes.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { LastResult } from "./last-result.tsx";
import { TestMenu } from "./test-menu.tsx";

/** The tests that are kept with a flow, to look at: they are run where its draft is edited. */
export function KeptTests({ flow }: { flow: string }) {
  const { data, error } = useQuery(flowTestsQuery(flow));
  if (error && !data) return <p className="text-failed-text text-sm">{explain(error).why}</p>;
  if (!data) return <Skeleton className="h-8" />;
  if (data.tests.length === 0) return <p className="text-muted text-sm">No run of this flow was kept as a test yet.</p>;
  return (
    <ul className="-mx-2 flex flex-col">
      {data.tests.map((test) => (
        <li key={test.id} className="flex h-8 items-center gap-3 px-2 text-sm">
          <span className="min-w-0 flex-1 truncate">{test.name}</span>
          <span className="w-32 shrink-0 text-xs">
            <LastResult last={test.last} revision={null} />
          </span>
          <TestMenu flow={flow} test={test} onDeleted={null} />
        </li>
      ))}
    </ul>
  );
}
