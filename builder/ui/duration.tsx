import { useNow } from "./clock.ts";
import { formatDuration } from "./format-time.ts";

/** From `from` to `to`; while `to` is null it counts on. A dash when nothing has begun. */
export function Duration({ from, to }: { from: number | null; to: number | null }) {
  const now = useNow(from !== null && to === null ? "quick" : "stopped");
  if (from === null) return <span className="text-muted">–</span>;
  return <span className="whitespace-nowrap tabular-nums">{formatDuration((to ?? now) - from)}</span>;
}
