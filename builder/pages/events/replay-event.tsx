import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FlaskConical, RotateCw } from "lucide-react";
import type { ReplayTarget } from "../../../shared/api/events.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { replayEvent } from "../../api/trigger-routes.ts";
import { Button } from "../../ui/button.tsx";
import { notify } from "../../ui/toast.ts";

/** Sends one event again, and goes to the run that it starts. */
export function ReplayEvent({ event }: { event: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const replay = useMutation({
    mutationFn: (to: ReplayTarget) => call(replayEvent, { params: { event }, body: { to } }),
    async onSuccess({ event: made, run }) {
      await client.invalidateQueries({ queryKey: ["events"] });
      if (run) return navigate({ to: "/runs/$run", params: { run } });
      notify("done", "Replayed", "It started no run: it was held or did not pass the filters.");
      return navigate({ to: "/events/$event", params: { event: made } });
    },
    onError: (error) => notify("failed", "Not replayed", explain(error).why),
  });
  return (
    <div className="flex gap-2">
      <Button busy={replay.isPending && replay.variables === "draft"} onClick={() => replay.mutate("draft")}>
        <FlaskConical aria-hidden="true" />
        Replay to the draft
      </Button>
      <Button
        look="primary"
        busy={replay.isPending && replay.variables === "published"}
        onClick={() => replay.mutate("published")}
      >
        <RotateCw aria-hidden="true" />
        Replay
      </Button>
    </div>
  );
}
