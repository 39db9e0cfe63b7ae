import { clsx } from "clsx";
import type { Connection } from "../../api/live-stream.ts";
import { useSessionStore } from "../../stores/session-store.ts";

const faces: Record<Connection, { word: string; tip: string; dot: string; text: string }> = {
  live: { word: "Live", tip: "What you see follows the server as it happens", dot: "bg-succeeded", text: "text-muted" },
  connecting: { word: "Connecting", tip: "Connecting to the server", dot: "bg-faint", text: "text-muted" },
  paused: { word: "Paused", tip: "Live updates rest while the tab is hidden", dot: "bg-faint", text: "text-muted" },
  reconnecting: {
    word: "Reconnecting",
    tip: "The connection broke a moment ago; what you see may be old",
    dot: "animate-breathe bg-waiting",
    text: "text-waiting-text",
  },
  offline: {
    word: "Offline",
    tip: "The server does not answer; trying again every few seconds",
    dot: "bg-failed",
    text: "text-failed-text",
  },
};

/** Whether the page follows the server. */
export function ConnectionState() {
  const connection = useSessionStore((state) => state.connection);
  const face = faces[connection];
  return (
    <span
      role="status"
      data-testid="connection"
      data-tip={face.tip}
      data-tip-side="bottom"
      className={clsx("flex shrink-0 items-center gap-2 text-xs", face.text)}
    >
      <span aria-hidden="true" className={clsx("size-2 rounded-full", face.dot)} />
      {face.word}
    </span>
  );
}
