import { Link } from "@tanstack/react-router";
import type { RunSummary } from "../../../shared/api/runs.ts";
import { shortId } from "../../ui/short-id.ts";

/** The run whose step started this one, and the one that it goes over again. */
export function RunRelatives({ run }: { run: RunSummary }) {
  return (
    <>
      {run.parent !== null && (
        <li>
          Part of <RunLink run={run.parent} />
        </li>
      )}
      {run.rerunOf !== null && (
        <li>
          Goes over <RunLink run={run.rerunOf} /> again
        </li>
      )}
    </>
  );
}

function RunLink({ run }: { run: string }) {
  return (
    <Link to="/runs/$run" params={{ run }}>
      run <code className="font-mono text-xs">{shortId(run)}</code>
    </Link>
  );
}
