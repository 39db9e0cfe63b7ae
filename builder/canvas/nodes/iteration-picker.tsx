import { ChevronLeft, ChevronRight } from "lucide-react";
import { useCanvasSession } from "../../stores/canvas-session.ts";
import { type FrameProgress, progressWords } from "../shown-path.ts";

/** How far a for-each has come, and which of its iterations the inside shows. */
export function IterationPicker({ name, progress }: { name: string; progress: FrameProgress }) {
  const pick = useCanvasSession((state) => state.pickIteration);
  const { key, count, shown, nextFailed } = progress;
  if (count === null) return null;
  const go = (to: number) => pick(key, Math.min(Math.max(to, 0), count - 1));
  return (
    // Clicks here choose an iteration, not the container.
    // biome-ignore lint/a11y/useKeyWithClickEvents: only keeps what its buttons do to itself
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside are what one interacts with
    <div className="frame-run nodrag nopan" onClick={(event) => event.stopPropagation()}>
      <span className="frame-progress" data-failed={progress.failed > 0 || undefined}>
        {progressWords(progress)}
      </span>
      {count > 0 && (
        <span className="frame-pick">
          {nextFailed !== null && (
            <button type="button" className="frame-failed" onClick={() => go(nextFailed)}>
              Next failed
            </button>
          )}
          <button type="button" aria-label={`Iteration before, of ${name}`} disabled={shown === 0} onClick={() => go(shown - 1)}>
            <ChevronLeft aria-hidden="true" />
          </button>
          <label>
            <span className="sr-only">{`Iteration of ${name}`}</span>
            <input
              inputMode="numeric"
              // A number that is typed is taken as a whole; another choice replaces it.
              key={shown}
              defaultValue={shown + 1}
              style={{ width: `${String(count).length + 1}ch` }}
              onFocus={({ currentTarget }) => currentTarget.select()}
              onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
              onBlur={({ currentTarget }) => {
                const typed = Number(currentTarget.value);
                if (Number.isInteger(typed) && typed >= 1) go(typed - 1);
                else currentTarget.value = String(shown + 1);
              }}
            />
          </label>
          <button
            type="button"
            aria-label={`Iteration after, of ${name}`}
            disabled={shown >= count - 1}
            onClick={() => go(shown + 1)}
          >
            <ChevronRight aria-hidden="true" />
          </button>
        </span>
      )}
    </div>
  );
}
