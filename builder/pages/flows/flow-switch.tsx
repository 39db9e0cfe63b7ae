import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, CircleStop } from "lucide-react";
import { useState } from "react";
import type { FlowSummary } from "../../../shared/api/flows.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { pauseFlow, resumeFlow, unpublishFlow } from "../../api/trigger-routes.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { notify } from "../../ui/toast.ts";
import { useExportItem } from "./use-export-item.tsx";

const changes = {
  pause: (flow: string) => call(pauseFlow, { params: { flow } }),
  resume: (flow: string) => call(resumeFlow, { params: { flow } }),
  unpublish: (flow: string) => call(unpublishFlow, { params: { flow } }),
};
const done = {
  pause: ["Paused", "Events are kept meanwhile; their runs start when the flow goes on."],
  resume: ["It goes on", "What was held meanwhile starts now."],
  unpublish: ["Unpublished", "Nothing starts it any more."],
} as const;

/** The menu of a flow: gives it as a file, and where something is published, pauses it, lets it go on, or takes it out of service. */
export function FlowSwitch({
  flow,
  saveFirst,
}: {
  flow: Pick<FlowSummary, "id" | "name" | "state" | "version">;
  /** Saves what is still unsaved of the draft; false when it could not be. */
  saveFirst?: () => Promise<boolean>;
}) {
  const client = useQueryClient();
  const [ending, setEnding] = useState(false);
  const change = useMutation({
    mutationFn: (what: keyof typeof changes) => changes[what](flow.id),
    async onSuccess(_, what) {
      setEnding(false);
      const [said, consequence] = done[what];
      notify("done", said, consequence);
      await Promise.all(["flow", "flows", "events", "hook"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
    onError(error) {
      setEnding(false);
      notify("failed", "That did not work", explain(error).why);
    },
  });
  const exportItem = useExportItem(flow.id, saveFirst);
  const menu = `More for ${flow.name}`;
  if (flow.version === null || flow.state === "draft") return <Menu label={menu} items={[exportItem]} />;
  const paused = flow.state === "paused";
  return (
    <>
      {paused && (
        <Button busy={change.isPending} onClick={() => change.mutate("resume")}>
          <CirclePlay aria-hidden="true" />
          Resume
        </Button>
      )}
      <Menu
        label={menu}
        items={[
          ...(paused
            ? []
            : [{ label: "Pause", icon: <CirclePause aria-hidden="true" />, onSelect: () => change.mutate("pause") }]),
          exportItem,
          { label: "Unpublish…", icon: <CircleStop aria-hidden="true" />, danger: true, onSelect: () => setEnding(true) },
        ]}
      />
      <Confirm
        open={ending}
        onClose={() => setEnding(false)}
        onConfirm={() => change.mutate("unpublish")}
        busy={change.isPending}
        title={`Unpublish “${flow.name}”?`}
        consequence="Nothing starts it any more: its schedules and polls end, and its subscriptions at providers are ended. Its draft, versions and hook URLs stay."
        verb="Unpublish"
        keep="Keep it published"
      />
    </>
  );
}
