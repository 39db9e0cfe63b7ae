import type { RunStreamMessage } from "../../shared/api/live.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { streamUrl } from "./client.ts";
import { type Connection, openStream } from "./live-stream.ts";
import { runStream } from "./routes.ts";

/** Entries that arrive within one frame of the screen are handed over together. */
const frameMs = 16;

/**
 * Follows a run's journal from the entry after `after()` until the run has finished. Entries come in order, several at a time
 * when they arrive quickly; a repeated one does no harm to the fold.
 */
export function followRun(follow: {
  run: string;
  after: () => number;
  onEntries: (entries: JournalEntry[]) => void;
  onConnection: (connection: Connection) => void;
}): () => void {
  let waiting: JournalEntry[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    timer = undefined;
    const entries = waiting;
    waiting = [];
    follow.onEntries(entries);
  }

  const close = openStream({
    url: () => streamUrl(runStream, { run: follow.run }, follow.after() + waiting.length),
    on: {
      entry(data) {
        const entry: RunStreamMessage = JSON.parse(data);
        waiting.push(entry);
        timer ??= setTimeout(flush, frameMs);
        // Nothing comes after it: a stream that stayed open would only reconnect for ever.
        if (entry.kind === "run-finished") close();
      },
    },
    onConnection: follow.onConnection,
  });
  return () => {
    clearTimeout(timer);
    close();
  };
}
