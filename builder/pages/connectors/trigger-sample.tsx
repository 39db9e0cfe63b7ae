import { useMutation, useQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { useState } from "react";
import type { Json } from "../../../shared/json.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { getEvent } from "../../api/routes.ts";
import { recentEventsQuery } from "../../api/trigger-queries.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** The body of one event: pasted, or taken from the inbox. */
export function TriggerSample({
  sample,
  help,
  error,
  onChange,
}: {
  sample: Json | undefined;
  help: string;
  error: string | undefined;
  onChange: (sample: Json | undefined) => void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-col gap-2">
      <JsonInput
        label="Sample event"
        help={help}
        error={error}
        value={sample}
        roots={null}
        disabled={false}
        onChange={onChange}
      />
      {open ? (
        <RecentEvents
          onTake={(body) => {
            onChange(body);
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      ) : (
        <Button size="small" className="self-start" onClick={() => setOpen(true)}>
          <Inbox aria-hidden="true" />
          Take one from the inbox
        </Button>
      )}
    </div>
  );
}

function RecentEvents({ onTake, onClose }: { onTake: (body: Json) => void; onClose: () => void }) {
  const { data, error } = useQuery(recentEventsQuery);
  const take = useMutation({
    mutationFn: (event: string) => call(getEvent, { params: { event } }),
    onSuccess: ({ event: { body, parseError } }) => onTake(parseError === null ? JSON.parse(body) : body),
  });
  const problem = error ?? take.error;
  return (
    <section aria-label="Events of the inbox" className="flex flex-col gap-1 rounded-card border border-line p-2">
      <div className="flex items-center gap-2 pl-2">
        <span className="flex-1 font-medium text-xs">The newest events that came to a hook URL</span>
        <Button size="small" look="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      {problem && <ProblemLine text={explain(problem).why} />}
      {data?.events.length === 0 && <p className="px-2 py-1 text-muted text-sm">None has come yet.</p>}
      <ul className="max-h-60 overflow-y-auto">
        {data?.events.map((event) => (
          <li key={event.id}>
            <button
              type="button"
              onClick={() => take.mutate(event.id)}
              className="flex min-h-8 w-full items-baseline gap-3 rounded-control px-2 py-1 text-left text-sm -outline-offset-2 hover:bg-hover"
            >
              <span className="min-w-0 flex-1 truncate">{event.eventType ?? event.flow?.name ?? event.id}</span>
              {event.eventType !== null && event.flow && <span className="truncate text-muted text-xs">{event.flow.name}</span>}
              <span className="shrink-0 text-muted text-xs">
                <RelativeTime at={event.receivedAt} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
