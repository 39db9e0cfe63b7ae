import { clsx } from "clsx";
import type { KeyboardEvent, ReactNode } from "react";

export type Segment<Value extends string> = { value: Value; label: string; icon?: ReactNode; count?: number | undefined };

/** One of a few, all visible. Arrow keys move the choice. `icons`: only the pictures are shown, the labels are read. */
export function Segmented<Value extends string>({
  label,
  value,
  segments,
  onChange,
  icons = false,
}: {
  label: string;
  value: Value;
  segments: readonly Segment<Value>[];
  onChange: (value: Value) => void;
  icons?: boolean;
}) {
  function move(event: KeyboardEvent<HTMLDivElement>): void {
    const step =
      event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = segments.findIndex((segment) => segment.value === value);
    const to = (at + step + segments.length) % segments.length;
    const next = segments[to];
    if (!next) return;
    onChange(next.value);
    event.currentTarget.querySelectorAll<HTMLElement>('[role="radio"]')[to]?.focus();
  }

  return (
    <div
      role="radiogroup"
      aria-label={label}
      onKeyDown={move}
      className="inline-flex self-start rounded-control bg-pressed p-0.5"
    >
      {segments.map((segment) => {
        const chosen = segment.value === value;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a radio input cannot hold a picture and be styled as a segment
          <button
            key={segment.value}
            type="button"
            role="radio"
            aria-checked={chosen}
            aria-label={icons ? segment.label : undefined}
            data-tip={icons ? segment.label : undefined}
            tabIndex={chosen ? 0 : -1}
            onClick={() => onChange(segment.value)}
            className={clsx(
              "inline-flex h-6 min-w-7 items-center justify-center gap-1.5 rounded-small text-xs transition-colors [&_svg]:size-3.5",
              !icons && "px-2.5",
              chosen ? "bg-thumb font-medium text-text shadow-raised" : "text-muted hover:text-text",
            )}
          >
            {segment.icon}
            {!icons && segment.label}
            {segment.count !== undefined && <span className="text-muted tabular-nums">{segment.count}</span>}
          </button>
        );
      })}
    </div>
  );
}
