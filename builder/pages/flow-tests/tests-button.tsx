import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { flowTestsQuery } from "../../api/flow-test-routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { Button } from "../../ui/button.tsx";
import { counted } from "../../ui/counted.ts";
import { failingOn } from "./use-flow-tests.ts";

/** Opens the tests of a flow; says how many of them fail on this draft. */
export function TestsButton({
  flow,
  queue,
  open,
  onOpen,
}: {
  flow: string;
  queue: SaveQueue;
  open: boolean;
  onOpen: () => void;
}) {
  const { data } = useQuery(flowTestsQuery(flow));
  const tests = data?.tests ?? [];
  const failing = failingOn(tests, queue).length;
  return (
    <Button
      look="quiet"
      aria-expanded={open}
      onClick={onOpen}
      className={failing > 0 ? "text-failed-text!" : undefined}
      data-tip={
        failing > 0 ? `${failing} of ${counted(tests.length, "test")} on this draft` : "Tests that are kept with this flow"
      }
      data-tip-side="bottom"
    >
      <FlaskConical aria-hidden="true" />
      {failing > 0 ? `${counted(failing, "test fails", "tests fail")}` : "Tests"}
    </Button>
  );
}
