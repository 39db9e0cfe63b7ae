import type { Json } from "../../shared/json.ts";
import { RunAnswer } from "../../shared/run/journal.ts";
import { isFinal } from "../../shared/run/run.ts";
import type { SetTimer } from "../engine/timer.ts";
import type { Bus } from "../store/bus.ts";
import type { EngineStore } from "../store/engine-store.ts";
import { createChain } from "./chain.ts";

export type Answered = { outcome: "answered"; answer: RunAnswer } | { outcome: "no-answer" } | { outcome: "timed-out" };

type Deps = { engine: EngineStore; bus: Bus; setTimer: SetTimer };

/**
 * Waits for a run's answer, at most `withinMs`. It only reads the journal and owns nothing: when this process ends, the run goes
 * on, and the sender's retry waits here again. Call it before the run is written and nothing is missed; `stop` lets go early.
 */
export function waitForAnswer(
  { engine, bus, setTimer }: Deps,
  run: string,
  withinMs: number,
): { answer: Promise<Answered>; look(): void; stop(): void } {
  let settle: (result: Answered) => void = () => {};
  const answer = new Promise<Answered>((resolve) => {
    settle = resolve;
  });
  const off = bus.subscribeRun(run, (message) => {
    if (message.answered || isFinal(message.status)) look();
  });
  const cancelTimer = setTimer(withinMs, () => end({ outcome: "timed-out" }));

  function end(result: Answered): void {
    off();
    cancelTimer();
    settle(result);
  }

  function look(): void {
    // A journal that cannot be read is no reason to lose the sender: the event is on disk, and a retry asks again.
    readAnswer(engine, run).then(
      (result) => result && end(result),
      () => end({ outcome: "timed-out" }),
    );
  }

  return { answer, look, stop: () => end({ outcome: "timed-out" }) };
}

/** Timers of the senders that wait, so that all can be let go when no run goes on here any more. */
export function createAnswerTimers(setTimer: SetTimer): { setTimer: SetTimer; letGo(): void } {
  const waiting = createChain<() => void>();
  let gone = false;
  return {
    setTimer(ms, callback) {
      const link = waiting.add(() => {
        callOff();
        callback();
      });
      const callOff = setTimer(gone ? 0 : ms, () => {
        waiting.remove(link);
        callback();
      });
      return () => {
        waiting.remove(link);
        callOff();
      };
    },
    letGo() {
      gone = true;
      for (const end of waiting.values()) end();
    },
  };
}

/** The run's answer, or that it ended without one; null while it may still come. */
export async function readAnswer(engine: EngineStore, run: string): Promise<Answered | null> {
  const state = await engine.state(run);
  if (!state) return { outcome: "no-answer" };
  if (state.answerEntry === null) return isFinal(state.status) ? { outcome: "no-answer" } : null;
  const record = await engine.entry(run, state.answerEntry);
  const answer = answerIn(record?.values.output);
  return answer ? { outcome: "answered", answer } : { outcome: "no-answer" };
}

const Head = RunAnswer.omit({ body: true });

/** Our own journal: the body is not checked again, since the schema of any JSON calls itself for every level of it. */
function answerIn(output: Json | undefined): RunAnswer | null {
  if (typeof output !== "object" || output === null || Array.isArray(output)) return null;
  const head = Head.safeParse(output);
  return head.success ? { ...head.data, body: output.body ?? null } : null;
}
