import { clsx } from "clsx";
import type { ConsoleLine } from "../../shared/run/console-line.ts";

const tones: Partial<Record<ConsoleLine["level"], string>> = {
  warn: "text-waiting-text",
  error: "text-failed-text",
  debug: "text-muted",
};

/** What code printed, call by call. Nothing where it printed nothing. */
export function ConsoleLines({ lines }: { lines: readonly ConsoleLine[] }) {
  if (lines.length === 0) return null;
  return (
    <section aria-label="Console" className="flex flex-col gap-1.5">
      <h3 className="font-medium text-sm">Console</h3>
      <ol
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable
        tabIndex={0}
        className="max-h-60 overflow-auto rounded-control border border-line bg-page p-2 font-mono text-xs -outline-offset-2"
      >
        {lines.map(({ level, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines that were printed have no identity but their place, and never move
          <li key={index} className={clsx("whitespace-pre-wrap break-words", tones[level])}>
            {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
