import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ReplayTarget } from "../../../shared/api/events.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { replayEvents } from "../../api/trigger-routes.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { filtersOf, type InboxSearch, isFiltered } from "./inbox-search.ts";

/** Sends all events that the filters show again, at most a thousand, to what is published or to the drafts. */
export default function ReplayMany({ search, onClose }: { search: InboxSearch; onClose: () => void }) {
  const client = useQueryClient();
  const [to, setTo] = useState<ReplayTarget>("published");
  const filter = useMemo(() => filtersOf(search, Date.now()), [search]);
  const replay = useMutation({
    mutationFn: () => call(replayEvents, { body: { events: { filter }, to } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["events"] }),
  });
  const done = replay.data;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Replay events"
      description={
        isFiltered(search)
          ? "The events that the filters show, oldest first, at most the newest 1,000."
          : "All events of the inbox, oldest first, at most the newest 1,000. Set filters first to replay fewer."
      }
      footer={
        done ? (
          <Button look="primary" onClick={onClose}>
            Close
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="primary" busy={replay.isPending} onClick={() => replay.mutate()}>
              Replay
            </Button>
          </>
        )
      }
    >
      {done ? (
        <div className="flex flex-col gap-3" role="status">
          <p className="text-sm">
            {done.replayed.toLocaleString("en")} {done.replayed === 1 ? "event was" : "events were"} sent again.
            {done.left && " There are older ones that match: set the time to reach them."}
          </p>
          {done.failed.length > 0 && (
            <ul aria-label="Not sent again" className="max-h-60 overflow-y-auto rounded-card border border-line text-sm">
              {done.failed.map(({ event, message }) => (
                <li key={event} className="border-line border-b px-3 py-1.5 last:border-b-0">
                  <code className="font-mono text-xs">{event}</code>
                  <span className="block text-failed-text">{message}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <div className="flex flex-col gap-1.5">
            <span className="font-medium text-sm">What they start</span>
            <Segmented
              label="What they start"
              value={to}
              onChange={setTo}
              segments={[
                { value: "published", label: "The published version" },
                { value: "draft", label: "The draft as it is now" },
              ]}
            />
          </div>
          <p className="text-muted text-sm">
            Each becomes a new event with the same bytes. It passes the trigger's filters again; its calls are really sent again.
          </p>
          {replay.error && <ProblemLine text={`${explain(replay.error).why} ${explain(replay.error).todo}`} />}
        </div>
      )}
    </Dialog>
  );
}
