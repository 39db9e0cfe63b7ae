/** `reconnecting`: the connection broke a moment ago. `offline`: several tries have failed. `paused`: the tab is hidden. */
export type Connection = "connecting" | "live" | "reconnecting" | "offline" | "paused";

export type Stream = {
  /** Asked at each connect, so that a reconnect can go on where the last one ended. */
  url: () => string;
  /** What to do with the data of each named event. */
  on: Record<string, (data: string) => void>;
  onConnection: (connection: Connection) => void;
};

const firstDelayMs = 500;
const longestDelayMs = 15_000;
const offlineAfter = 3;

/**
 * Keeps a server-sent stream open while the tab is visible, and gives back how to end it. Reconnects by itself, also after an
 * HTTP error, where `EventSource` would give up.
 */
export function openStream(stream: Stream): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function connect(): void {
    clearTimeout(timer);
    source?.close();
    const opened = new EventSource(stream.url(), { withCredentials: true });
    source = opened;
    opened.addEventListener("open", () => {
      failures = 0;
      stream.onConnection("live");
    });
    for (const [name, handle] of Object.entries(stream.on))
      opened.addEventListener(name, (event) => handle(String((event as MessageEvent).data)));
    opened.addEventListener("error", () => retry());
  }

  function retry(): void {
    source?.close();
    failures += 1;
    stream.onConnection(failures >= offlineAfter || !navigator.onLine ? "offline" : "reconnecting");
    timer = setTimeout(connect, Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1)));
  }

  function pause(): void {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function follow(): void {
    if (document.hidden) {
      pause();
      stream.onConnection("paused");
      return;
    }
    stream.onConnection("connecting");
    connect();
  }

  document.addEventListener("visibilitychange", follow);
  window.addEventListener("online", follow);
  follow();
  return () => {
    document.removeEventListener("visibilitychange", follow);
    window.removeEventListener("online", follow);
    pause();
  };
}
