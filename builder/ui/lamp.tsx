import { clsx } from "clsx";

/** What a lamp can say. `idle`: nothing has happened here yet. */
export type LampState = "queued" | "running" | "waiting" | "succeeded" | "failed" | "skipped" | "canceled" | "idle";

const words: Record<LampState, string> = {
  queued: "Queued",
  running: "Running",
  waiting: "Waiting",
  succeeded: "Succeeded",
  failed: "Failed",
  skipped: "Skipped",
  canceled: "Canceled",
  idle: "Not started",
};
const colours: Record<LampState, string> = {
  queued: "text-faint",
  running: "text-accent",
  waiting: "text-waiting",
  succeeded: "text-succeeded",
  failed: "text-failed",
  skipped: "text-faint",
  canceled: "text-faint",
  idle: "text-line-control",
};
const textColours: Partial<Record<LampState, string>> = {
  running: "text-accent-text",
  waiting: "text-waiting-text",
  succeeded: "text-succeeded-text",
  failed: "text-failed-text",
};

/** The picture of a state: each has its own shape, so that it can be told without its colour. Say the word beside it. */
export function Lamp({ state, className }: { state: LampState; className?: string | undefined }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={clsx("size-3.5 shrink-0", colours[state], className)}>
      <Shape state={state} />
    </svg>
  );
}

function Shape({ state }: { state: LampState }) {
  const ring = { fill: "none", stroke: "currentColor", strokeWidth: 1.75 };
  const mark = {
    fill: "none",
    stroke: "var(--page)",
    strokeWidth: 1.75,
    strokeLinecap: "round",
    strokeLinejoin: "round",
  } as const;
  const disc = <circle cx="8" cy="8" r="7" fill="currentColor" />;
  switch (state) {
    case "succeeded":
      return (
        <>
          {disc}
          <path d="m5 8.3 2.1 2.1L11.1 6" {...mark} />
        </>
      );
    case "failed":
      return (
        <>
          {disc}
          <path d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6" {...mark} />
        </>
      );
    case "waiting":
      return (
        <>
          {disc}
          <path d="M8 4.6V8l2.2 1.6" {...mark} />
        </>
      );
    case "running":
      return (
        <>
          <circle cx="8" cy="8" r="6.1" {...ring} opacity="0.4" />
          <circle cx="8" cy="8" r="3.4" fill="currentColor" className="animate-breathe" />
        </>
      );
    case "canceled":
      return (
        <>
          <circle cx="8" cy="8" r="6.1" {...ring} />
          <path d="m3.9 12.1 8.2-8.2" {...ring} />
        </>
      );
    case "skipped":
      return <circle cx="8" cy="8" r="6.1" {...ring} strokeDasharray="2.4 2.4" />;
    case "queued":
      return (
        <>
          <circle cx="8" cy="8" r="6.1" {...ring} />
          <circle cx="8" cy="8" r="1.6" fill="currentColor" />
        </>
      );
    case "idle":
      return <circle cx="8" cy="8" r="6.1" {...ring} />;
  }
}

/** A state as lamp and word. `word` replaces the usual one ("Waiting for a retry"). */
export function State({
  state,
  word,
  className,
}: {
  state: LampState;
  word?: string | undefined;
  className?: string | undefined;
}) {
  return (
    <span
      className={clsx(
        "inline-flex max-w-full items-center gap-1.5 whitespace-nowrap align-middle",
        textColours[state] ?? "text-muted",
        className,
      )}
    >
      <Lamp state={state} />
      <span className="truncate">{word ?? words[state]}</span>
    </span>
  );
}

export function stateWord(state: LampState): string {
  return words[state];
}
