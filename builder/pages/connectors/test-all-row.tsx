import { Link } from "@tanstack/react-router";
import { Lamp } from "../../ui/lamp.tsx";
import { Method } from "./method.tsx";
import type { PlannedTest } from "./test-plan.ts";
import type { TestProgress } from "./test-run.ts";
import { type TestState, testLamps, testWords } from "./test-state.ts";

const colours = { running: "text-muted", succeeded: "text-muted", failed: "text-failed-text", skipped: "text-waiting-text" };

/** One endpoint of "Test all endpoints": how its test goes, else whether it will be run, and how the last one went. */
export function TestAllRow({
  planned: { endpoint, kind, reason },
  connector,
  progress,
  last,
  agreed,
  onOpen,
}: {
  planned: PlannedTest;
  connector: string;
  progress: TestProgress | undefined;
  /** Its last test, before this one. */
  last: TestState;
  agreed: boolean;
  onOpen: () => void;
}) {
  const waits =
    reason ?? (kind === "asks" && !agreed ? "writes or costs: not run" : last === "stale" ? testWords.stale : "ready");
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm" data-testid="test-row">
      <Lamp state={progress?.state ?? testLamps[last]} />
      <Method method={endpoint.method} />
      <Link
        to="/connectors/$connector"
        params={{ connector }}
        search={{ section: "endpoints", endpoint: endpoint.key }}
        onClick={onOpen}
        className="min-w-0 flex-1 truncate rounded-small hover:underline"
      >
        {endpoint.name}
      </Link>
      <span
        data-tip={progress && progress.words.length > 60 ? progress.words : undefined}
        className={`max-w-1/2 truncate text-xs ${progress ? colours[progress.state] : "text-muted"}`}
      >
        {progress?.words ?? waits}
      </span>
    </li>
  );
}
