import type { QueryClient } from "@tanstack/react-query";
import { streamUrl } from "./client.ts";
import { type Connection, openStream } from "./live-stream.ts";
import { workspaceStream } from "./routes.ts";

/** A burst of hints costs one refetch in this time. */
const restMs = 500;
const listsOfRuns = ["overview", "runs", "flows", "events"];
const listsOfRefusals = ["overview", "refusals"];

/**
 * Keeps the lists fresh: hints say that something changed, never what, so the lists on the screen are fetched again; at each
 * connect too, because hints are not replayed.
 */
export function followWorkspace(client: QueryClient, onConnection: (connection: Connection) => void): () => void {
  const stale = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function mark(keys: string[]): void {
    for (const key of keys) stale.add(key);
    timer ??= setTimeout(refetch, restMs);
  }

  // An event that starts no run changes fewer lists, but a run's follows its event at once.
  const markRuns = () => mark(listsOfRuns);

  function refetch(): void {
    timer = undefined;
    const keys = [...stale];
    stale.clear();
    // A fetch under way is let finish: on a busy server each hint would otherwise cut off the one before.
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] }, { cancelRefetch: false });
  }

  const close = openStream({
    url: () => streamUrl(workspaceStream, {}),
    on: { hint: markRuns, event: markRuns, refusal: () => mark(listsOfRefusals) },
    onConnection(connection) {
      if (connection === "live") mark([...listsOfRuns, ...listsOfRefusals]);
      onConnection(connection);
    },
  });
  return () => {
    clearTimeout(timer);
    close();
  };
}
