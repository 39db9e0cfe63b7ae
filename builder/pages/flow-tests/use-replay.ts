import { useMutation } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { previewReplay } from "../../api/flow-test-routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { notSaved } from "../flows/not-saved.ts";

export type Replay = ReturnType<typeof useReplay>;

/** Goes over the last runs of the published flow with the draft as it is, which is saved first. Given: how many. */
export function useReplay(flow: string, queue: SaveQueue) {
  return useMutation({
    async mutationFn(last: number) {
      if (!(await queue.flush())) throw notSaved();
      return call(previewReplay, { params: { flow }, body: { revision: queue.revision(), last } });
    },
  });
}
