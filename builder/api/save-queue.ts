import type { saveEdits } from "../../shared/api/flows.ts";
import type { Body, Response } from "../../shared/api/route.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import { ApiError } from "./api-error.ts";

/** `offline`: no answer came, it is tried again. `conflict` and `refused`: nothing more is sent until a person decides. */
export type SaveState =
  | { state: "saved"; at: number }
  | { state: "saving" }
  | { state: "offline" }
  | { state: "conflict" }
  | { state: "refused"; message: string };

type Save = Body<typeof saveEdits>;

export type SaveQueueDeps = {
  /** The draft as it was loaded. */
  revision: number;
  savedAt: number;
  send: (save: Save) => Promise<Response<typeof saveEdits>>;
  newId: () => string;
  /** Calls back after a time; gives how to prevent it. */
  after: (ms: number, callback: () => void) => () => void;
  /** Makes fewer edits of many that do the same. */
  merge: (edits: FlowEdit[]) => FlowEdit[];
};

export type SaveQueue = {
  push: (edits: FlowEdit[]) => void;
  /** Saves what waits, now; false when it could not be. */
  flush: () => Promise<boolean>;
  /** Goes on after a refusal whose reason is gone. */
  retry: () => void;
  state: () => SaveState;
  subscribe: (listener: () => void) => () => void;
  /** Of the draft as far as it is saved. */
  revision: () => number;
  hasUnsaved: () => boolean;
  /** Ends all timers. What is unsaved stays so: flush first. */
  close: () => void;
};

const idleMs = 400;
const longestWaitMs = 2_000;
const firstRetryMs = 1_000;
const longestRetryMs = 15_000;
const maxEditsPerSave = 1_000;

/**
 * Saves edits of a draft in their order, one request at a time: 400 ms after the last edit, at most 2 s after the first. A save
 * whose answer was lost is sent again unchanged, so that the server can tell it is the same one.
 */
export function createSaveQueue(deps: SaveQueueDeps): SaveQueue {
  let { revision } = deps;
  let state: SaveState = { state: "saved", at: deps.savedAt };
  let waiting: FlowEdit[] = [];
  let underWay: Save | null = null;
  let asking = false;
  let failures = 0;
  let cancelIdle = () => {};
  let cancelLongest: (() => void) | null = null;
  let cancelRetry = () => {};
  let flushers: ((saved: boolean) => void)[] = [];
  const listeners = new Set<() => void>();

  function become(next: SaveState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function isBlocked(): boolean {
    return state.state === "conflict" || state.state === "refused";
  }

  function schedule(): void {
    cancelIdle();
    cancelIdle = deps.after(idleMs, sendNext);
    cancelLongest ??= deps.after(longestWaitMs, sendNext);
  }

  function stopTimers(): void {
    cancelIdle();
    cancelLongest?.();
    cancelLongest = null;
    cancelRetry();
  }

  function sendNext(): void {
    if (asking || isBlocked()) return;
    stopTimers();
    underWay ??= takeNext();
    if (underWay) void ask(underWay);
  }

  function takeNext(): Save | null {
    if (waiting.length === 0) return null;
    const edits = waiting.slice(0, maxEditsPerSave);
    waiting = waiting.slice(maxEditsPerSave);
    return { base: revision, save: deps.newId(), edits };
  }

  async function ask(save: Save): Promise<void> {
    asking = true;
    if (state.state !== "offline") become({ state: "saving" });
    const answer = await deps.send(save).then(
      (saved) => ({ saved }),
      (fault: unknown) => ({ fault }),
    );
    asking = false;
    if ("fault" in answer) return takeFault(answer.fault);
    underWay = null;
    failures = 0;
    revision = answer.saved.revision;
    if (waiting.length === 0) {
      become({ state: "saved", at: answer.saved.savedAt });
      answerFlushers(true);
    } else {
      become({ state: "saving" });
      if (flushers.length > 0) sendNext();
      else schedule();
    }
  }

  function takeFault(fault: unknown): void {
    if (!(fault instanceof ApiError)) become({ state: "refused", message: `The interface itself failed: ${String(fault)}.` });
    else if (fault.status === 409) become({ state: "conflict" });
    else if (mayPass(fault)) {
      failures += 1;
      become({ state: "offline" });
      cancelRetry = deps.after(Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1)), sendNext);
    } else become({ state: "refused", message: whyRefused(fault) });
    answerFlushers(false);
  }

  function answerFlushers(saved: boolean): void {
    const answered = flushers;
    flushers = [];
    for (const answer of answered) answer(saved);
  }

  return {
    push(edits) {
      waiting = deps.merge([...waiting, ...edits]);
      if (isBlocked()) return;
      if (state.state === "saved") become({ state: "saving" });
      if (!asking && state.state !== "offline") schedule();
    },
    flush() {
      if (isBlocked()) return Promise.resolve(false);
      if (underWay === null && waiting.length === 0) return Promise.resolve(true);
      const answered = new Promise<boolean>((resolve) => flushers.push(resolve));
      sendNext();
      return answered;
    },
    retry() {
      if (state.state === "refused") become({ state: "saving" });
      sendNext();
    },
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    revision: () => revision,
    hasUnsaved: () => underWay !== null || waiting.length > 0,
    close: stopTimers,
  };
}

/** Faults of the network and of the server pass by themselves; what the server says no to does not. */
function mayPass({ status }: ApiError): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function whyRefused(fault: ApiError): string {
  if (fault.status === 401) return "Your session has ended.";
  if (fault.status === 403) return "Your role does not allow changes.";
  return `The server refused: ${fault.message}.`;
}
