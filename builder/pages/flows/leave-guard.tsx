import { useBlocker } from "@tanstack/react-router";
import type { SaveQueue } from "../../api/save-queue.ts";
import { Confirm } from "../../ui/dialog.tsx";

/** Saves what waits before the page is left, and asks when that cannot be done. */
export function LeaveGuard({ queue }: { queue: SaveQueue }) {
  const { status, proceed, reset } = useBlocker({
    async shouldBlockFn({ current, next }) {
      if (current.pathname === next.pathname && sameView(current.search, next.search)) return false;
      return !(await queue.flush());
    },
    enableBeforeUnload: () => queue.hasUnsaved(),
    withResolver: true,
  });
  return (
    <Confirm
      open={status === "blocked"}
      onClose={() => reset?.()}
      onConfirm={() => proceed?.()}
      title="Leave without saving?"
      consequence="Your last changes could not be saved. If you leave now, they are lost."
      verb="Leave and lose them"
      keep="Stay"
    />
  );
}

function sameView(one: object, other: object): boolean {
  const viewOf = (search: object) => ("view" in search ? search.view : undefined);
  return viewOf(one) === viewOf(other);
}
