import { useQuery } from "@tanstack/react-query";
import { Radio } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Json } from "../../shared/json.ts";
import { call } from "../api/client.ts";
import { getEvent, listEvents } from "../api/routes.ts";
import { Button } from "../ui/button.tsx";
import { notify } from "../ui/toast.ts";

const askEveryMs = 1_500;

/** Waits for the next event of a flow's hook URL and takes its body as the sample. */
export function CaptureEvent({ flow, onCaptured }: { flow: string; onCaptured: (sample: Json) => void }) {
  /** Id of the newest event when the waiting began: "" when there was none, null while nobody waits. */
  const [after, setAfter] = useState<string | null>(null);
  const captured = useRef(onCaptured);
  captured.current = onCaptured;
  const newest = useQuery({
    queryKey: ["events", "newest", flow],
    queryFn: ({ signal }) => newestEvent(flow, signal),
    enabled: after !== null,
    // Hints refetch it at once; this is for a stream that broke.
    refetchInterval: askEveryMs,
    staleTime: 0,
  });
  const id = after !== null && newest.data && newest.data > after ? newest.data : null;
  useEffect(() => {
    if (id === null) return;
    let current = true;
    void call(getEvent, { params: { event: id } }).then(({ event }) => {
      if (!current) return;
      setAfter(null);
      captured.current(bodyOf(event));
      notify("done", "Event captured", "Its body is the sample now.");
    });
    return () => {
      current = false;
    };
  }, [id]);

  if (after === null)
    return (
      <Button className="self-start" onClick={() => void newestEvent(flow).then(setAfter)}>
        <Radio aria-hidden="true" />
        Capture next event
      </Button>
    );
  return (
    <div
      role="status"
      className="flex items-center gap-3 rounded-card border border-accent-line bg-accent-tint px-3 py-2 text-sm"
    >
      <Radio aria-hidden="true" className="size-4 shrink-0 animate-breathe text-accent-text" />
      <span className="min-w-0 flex-1">Waiting for the next event at the hook URL. Send one now.</span>
      <Button size="small" onClick={() => setAfter(null)}>
        Stop
      </Button>
    </div>
  );
}

/** Ids are ordered by time. */
async function newestEvent(flow: string, signal?: AbortSignal): Promise<string> {
  const { events } = await call(listEvents, { query: { flow, source: "webhook", limit: 1 } }, signal);
  return events[0]?.id ?? "";
}

function bodyOf({ body, parseError }: { body: string; parseError: string | null }): Json {
  return parseError === null ? JSON.parse(body) : body;
}
