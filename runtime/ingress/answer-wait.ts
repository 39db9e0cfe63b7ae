import { AppError } from "../../shared/app-error.ts";
import type { WaitPlace } from "../engine/wait-links.ts";
import type { Signal } from "../store/engine-store.ts";
import { readWait, type Wait, type WaitDeps } from "./read-wait.ts";

/** `check` sees the step before anything is left for it, and throws what is wrong with the answer. */
export type AnswerWait = (
  place: WaitPlace,
  answer: { signal: Extract<Signal, { kind: "resume" | "decide" }>; check?: (wait: Wait) => void },
) => Promise<{ outcome: "left" } | { outcome: "not-waiting"; wait: Wait }>;

/**
 * Leaves an answer for a waiting step, once. Two that come to this process at the same time are taken one after the other, so that the
 * second is told of the first; of two on different nodes the run takes the first. Throws `unavailable` when nothing can be written.
 */
export function createAnswerWait(deps: WaitDeps): AnswerWait {
  const turns = new Map<string, Promise<unknown>>();

  async function answerNow(...[place, { signal, check }]: Parameters<AnswerWait>): ReturnType<AnswerWait> {
    const wait = await readWait(deps, place);
    check?.(wait);
    if (wait.state !== "waiting") return { outcome: "not-waiting", wait };
    const left = await deps.engine.signal(place.run, signal);
    if (left === "unavailable") throw new AppError("unavailable", "the database cannot be written: try again");
    return left === "left" ? { outcome: "left" } : { outcome: "not-waiting", wait: { ...wait, state: "over" } };
  }

  return (place, answer) => {
    const key = `${place.run} ${place.step}`;
    const next = () => answerNow(place, answer);
    const mine = (turns.get(key) ?? Promise.resolve()).then(next, next);
    turns.set(key, mine);
    const leave = () => {
      if (turns.get(key) === mine) turns.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  };
}
