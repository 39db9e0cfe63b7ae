import type { Refusal } from "../../shared/api/events.ts";
import type { RunStatus } from "../../shared/run/run.ts";

/**
 * Hints between the parts of the product, on every node: always after the commit, never the data itself (but for refused deliveries,
 * which are nowhere else).
 */
export type BusMessage =
  /** A run's journal grew to `length`, or its status changed. */
  | { topic: "run"; workspace: string; flow: string; run: string; status: RunStatus; length: number; answered: boolean }
  /** A signal was left for a run. */
  | { topic: "signal"; run: string }
  /** A run may be ready to claim. */
  | { topic: "wake" }
  | { topic: "event"; workspace: string; event: string; flow: string }
  | { topic: "refusal"; workspace: string; refusal: Refusal };

export type BusTopic = BusMessage["topic"];

export type Bus = {
  publish(message: BusMessage): void;
  /** Listens to one topic; the returned function stops it. */
  subscribe<T extends BusTopic>(topic: T, listener: (message: Extract<BusMessage, { topic: T }>) => void): () => void;
  /** Listens to one run, cheaply however many runs there are. */
  subscribeRun(run: string, listener: (message: Extract<BusMessage, { topic: "run" }>) => void): () => void;
};
