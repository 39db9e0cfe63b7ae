import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import type { FlowSummary, HookSummary } from "../../../shared/api/flows.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import type { NodeKind } from "../../../shared/flow/node.ts";
import { Button, buttonStyle } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";

/** Says that a version is live, and what starts it. */
export function PublishedDialog({
  flow,
  document,
  version,
  hooks,
  onClose,
}: {
  flow: FlowSummary;
  document: Flow;
  version: number;
  hooks: readonly HookSummary[];
  onClose: () => void;
}) {
  const urls = hooks.flatMap(({ url }) => url ?? []);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Version ${version} is live`}
      description={startWords(document, urls.length > 0)}
      footer={
        <>
          <Link
            to="/flows/$flow"
            params={{ flow: flow.id }}
            search={{ view: "published" }}
            className={buttonStyle()}
            onClick={onClose}
          >
            View version {version}
          </Link>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="flex items-center gap-2 text-sm text-succeeded-text">
          <CircleCheck aria-hidden="true" className="size-4" />
          Published
        </p>
        {urls.map((url) => (
          <div key={url} className="flex items-center gap-1 rounded-control border border-line bg-panel py-0.5 pr-0.5 pl-2.5">
            <code className="min-w-0 flex-1 truncate font-mono text-xs">{url}</code>
            <CopyButton text={url} what="hook URL" />
          </div>
        ))}
      </div>
    </Dialog>
  );
}

/** How a version is started; with a URL to be copied or without. */
function startWords({ nodes }: Flow, hasUrl: boolean): string {
  const has = (kind: NodeKind) => nodes.some((node) => node.kind === kind);
  if (hasUrl && !has("webhook-trigger") && has("api-trigger")) return "Each call of its API URL starts a run now.";
  if (hasUrl) return "Each event that is posted to its hook URL starts a run now.";
  if (has("app-trigger")) return "Events of its app start a run now.";
  return has("schedule-trigger") ? "It starts by itself at its times." : "It runs when somebody asks for it.";
}
