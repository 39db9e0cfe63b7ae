import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import type { PollSource } from "../../shared/connector/trigger.ts";
import { call } from "../api/client.ts";
import { explain } from "../api/explain.ts";
import { timersQuery } from "../api/trigger-queries.ts";
import { lookNow } from "../api/trigger-routes.ts";
import { Button } from "../ui/button.tsx";
import { Fact, Facts } from "../ui/facts.tsx";
import { formatDuration } from "../ui/format-time.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { notify } from "../ui/toast.ts";

/** How often an endpoint is asked for what is new, and how that goes once the flow is published. */
export function PollState({
  flow,
  node,
  source,
  readOnly,
}: {
  flow: string;
  node: string;
  source: PollSource;
  readOnly: boolean;
}) {
  const client = useQueryClient();
  const { data } = useQuery(timersQuery(flow));
  const timer = data?.timers.find((each) => each.node === node);
  const look = useMutation({
    mutationFn: () => call(lookNow, { params: { flow, node } }),
    onSuccess({ found, events }) {
      notify("done", "Looked", `${found} found, ${events} new.`);
      return client.invalidateQueries({ queryKey: timersQuery(flow).queryKey });
    },
    onError: (error) => notify("failed", "The look failed", explain(error).why),
  });
  const quiet = source.quietMs === undefined ? "" : `, down to every ${formatDuration(source.quietMs)} while nothing comes`;
  return (
    <section aria-label="Polling" className="flex flex-col gap-3">
      <h3 className="font-medium text-sm">Polling</h3>
      <Facts>
        <Fact name="Asks">{`Every ${formatDuration(source.intervalMs)}${quiet}`}</Fact>
        <Fact name="What is there already">{source.seeding === "skip" ? "Is skipped" : "Each starts a run"}</Fact>
        {timer ? (
          <>
            <Fact name="Last look">{timer.lastAt === null ? "None yet" : <RelativeTime at={timer.lastAt} />}</Fact>
            <Fact name="Next look">{timer.dueAt === null ? "None: the flow is paused" : <RelativeTime at={timer.dueAt} />}</Fact>
            {timer.cursor !== null && (
              <Fact name="Goes on from">
                <code className="break-all font-mono text-xs">{timer.cursor}</code>
              </Fact>
            )}
          </>
        ) : (
          <Fact name="State">Begins when the flow is published</Fact>
        )}
      </Facts>
      {timer?.state === "failing" && (
        <p role="alert" className="text-failed-text text-sm">
          {timer.reason}
        </p>
      )}
      {timer && !readOnly && (
        <Button size="small" className="self-start" busy={look.isPending} onClick={() => look.mutate()}>
          <RefreshCw aria-hidden="true" />
          Look now
        </Button>
      )}
    </section>
  );
}
