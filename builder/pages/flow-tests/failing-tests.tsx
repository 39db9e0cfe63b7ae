import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { flowTestsQuery } from "../../api/flow-test-routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { counted } from "../../ui/counted.ts";
import { failingOn } from "./use-flow-tests.ts";

/** Says that kept tests fail on this very draft, with the way to them; nothing where none is known to. */
export function FailingTests({ flow, queue, onTests }: { flow: string; queue: SaveQueue; onTests: () => void }) {
  const { data } = useQuery(flowTestsQuery(flow));
  const tests = data?.tests ?? [];
  const failing = failingOn(tests, queue).length;
  if (failing === 0) return null;
  return (
    <p className="flex items-center gap-2 text-sm text-waiting-text">
      <TriangleAlert aria-hidden="true" className="size-4 shrink-0" />
      <span>
        {failing} of {counted(tests.length, "test")} {failing === 1 ? "fails" : "fail"} on this draft.{" "}
        <button type="button" onClick={onTests} className="rounded-small font-medium underline underline-offset-3">
          See the tests
        </button>
      </span>
    </p>
  );
}
