import { useNow } from "./clock.ts";
import { formatExact, formatRelative } from "./format-time.ts";

/** How long ago, renewed as time passes; the exact time in the tooltip. */
export function RelativeTime({ at, pace = "slow" }: { at: number; pace?: "slow" | "quick" }) {
  const now = useNow(pace);
  return (
    <time dateTime={new Date(at).toISOString()} data-tip={formatExact(at)} className="whitespace-nowrap tabular-nums">
      {formatRelative(at, now)}
    </time>
  );
}
