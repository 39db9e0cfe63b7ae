import type { Bus, BusMessage, BusTopic } from "./bus.ts";

type Listener = (message: BusMessage) => void;

/** The bus of one process: listeners are called at once, in the publisher's turn, so they only note what happened. */
export function createMemoryBus(): Bus {
  const topics = new Map<BusTopic, Set<Listener>>();
  const runs = new Map<string, Set<Listener>>();

  return {
    publish(message) {
      for (const listener of topics.get(message.topic) ?? []) listener(message);
      if (message.topic === "run") for (const listener of runs.get(message.run) ?? []) listener(message);
    },
    subscribe: (topic, listener) => listen(topics, topic, listener as Listener),
    subscribeRun: (run, listener) => listen(runs, run, listener as Listener),
  };
}

function listen<Key>(map: Map<Key, Set<Listener>>, key: Key, listener: Listener): () => void {
  const set = map.get(key) ?? new Set();
  map.set(key, set.add(listener));
  return () => {
    set.delete(listener);
    if (set.size === 0 && map.get(key) === set) map.delete(key);
  };
}
