import { Link } from "@tanstack/react-router";
import { Terminal } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { FlowSummary } from "../../../shared/api/flows.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";

const RunNow = lazy(() => import("../flows/run-now.tsx"));
const command = "npm run demo";
const link = "rounded-small font-medium text-accent-text hover:underline";

/** Nothing has run yet: the two quickest ways to see a run. */
export default function FirstRun({ example }: { example: FlowSummary | undefined }) {
  const [asked, setAsked] = useState(false);
  return (
    <Empty
      level={1}
      picture={<LooseCable />}
      title="Plug in the first event"
      action={
        <div className="flex flex-col items-center gap-4">
          <div className="flex items-center gap-3 rounded-card border border-line bg-panel py-1.5 pr-1.5 pl-4">
            <Terminal className="size-4 text-muted" aria-hidden="true" />
            <code className="font-mono text-sm">{command}</code>
            <CopyButton text={command} what="command" />
          </div>
          {example && (
            <>
              <span className="text-muted text-sm">or, with a sample event,</span>
              <Button look="primary" onClick={() => setAsked(true)}>
                Run “{example.name}” now
              </Button>
            </>
          )}
          <p className="text-muted text-sm">
            To build something of your own,{" "}
            <Link to="/connectors/new" className={link}>
              describe an API
            </Link>{" "}
            and{" "}
            <Link to="/flows" className={link}>
              draw a flow
            </Link>{" "}
            that calls it.
          </p>
          {asked && example && (
            <Suspense>
              <RunNow flow={example} onClose={() => setAsked(false)} />
            </Suspense>
          )}
        </div>
      }
    >
      Run this in a second terminal, in the folder of Patchbay. It sends a signed webhook to the example flow, and this page comes
      alive.
    </Empty>
  );
}
