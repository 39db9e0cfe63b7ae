import type { SetTimer } from "../engine/timer.ts";

/** Work that is looked for again and again, on every node: what one of them takes the others do not get. */
export type TriggerLoop = {
  start(): void;
  /** Begins nothing more, and waits for what runs. */
  stop(): Promise<void>;
};

type Deps = {
  setTimer: SetTimer;
  everyMs: number;
  look(signal: AbortSignal): Promise<void>;
  /** Told once of what it failed at until it works again. */
  report(error: unknown): void;
};

/** A duty writes a row whenever it fires; what is due every second is only read, so that an idle installation writes nothing. */
export function createTriggerLoop({ setTimer, everyMs, look, report }: Deps): TriggerLoop {
  const stopping = new AbortController();
  let callOff: (() => void) | null = null;
  let looking: Promise<void> = Promise.resolve();
  let failing = false;

  function run(): void {
    callOff = null;
    looking = look(stopping.signal)
      .then(
        () => {
          failing = false;
        },
        (error) => {
          if (!failing) report(error);
          failing = true;
        },
      )
      .then(() => {
        if (!stopping.signal.aborted) callOff = setTimer(everyMs, run);
      });
  }

  return {
    start: run,
    async stop() {
      stopping.abort();
      callOff?.();
      await looking;
    },
  };
}
