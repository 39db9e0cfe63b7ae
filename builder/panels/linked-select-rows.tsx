import { clsx } from "clsx";
import { Check } from "lucide-react";
import { type RefObject, useLayoutEffect, useState } from "react";
import type { LinkOption } from "../../shared/connector/parameter-link.ts";
import { rowsInView } from "./linked-select-window.ts";

/** An entry, or (`typed`) what a person typed to be used as it is. */
export type Row = { option: LinkOption; typed: boolean };

const most = { rows: 8, rowPx: 34, describedPx: 50 };

/** The entries that are in view and no others, however long the list is. The list has the keyboard's place in `active`. */
export function LinkedRows({
  id,
  label,
  rows,
  active,
  chosen,
  viewport,
  onHover,
  onChoose,
}: {
  id: string;
  label: string;
  rows: readonly Row[];
  active: number;
  chosen: number;
  viewport: RefObject<HTMLDivElement | null>;
  onHover: (index: number) => void;
  onChoose: (row: Row) => void;
}) {
  const [top, setTop] = useState(0);
  const rowPx = rows.some(({ option }) => option.description !== undefined) ? most.describedPx : most.rowPx;
  const heightPx = Math.min(rows.length, most.rows) * rowPx;
  const { first, count, startPx } = rowsInView({ top, heightPx, rowPx, rows: rows.length });

  // The keyboard moves the list along.
  useLayoutEffect(() => {
    const list = viewport.current;
    if (!list || active < 0) return;
    const at = active * rowPx;
    if (at < list.scrollTop) list.scrollTop = at;
    else if (at + rowPx > list.scrollTop + heightPx) list.scrollTop = at + rowPx - heightPx;
    setTop(list.scrollTop);
  }, [active, rowPx, heightPx, viewport]);

  return (
    <div
      ref={viewport}
      id={id}
      role="listbox"
      aria-label={label}
      // The keyboard is in the search field, which names the active entry.
      tabIndex={-1}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      style={{ height: heightPx }}
      className="overflow-y-auto overscroll-contain"
    >
      <div style={{ height: rows.length * rowPx, paddingTop: startPx }} className="box-border" role="presentation">
        {rows.slice(first, first + count).map((row, offset) => (
          <LinkedRow
            key={row.typed ? "typed" : JSON.stringify(row.option.value)}
            id={`${id}-${first + offset}`}
            row={row}
            at={first + offset}
            of={rows.length}
            heightPx={rowPx}
            isActive={first + offset === active}
            isChosen={first + offset === chosen}
            onHover={onHover}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  );
}

function LinkedRow({
  id,
  row,
  at,
  of,
  heightPx,
  isActive,
  isChosen,
  onHover,
  onChoose,
}: {
  id: string;
  row: Row;
  at: number;
  of: number;
  heightPx: number;
  isActive: boolean;
  isChosen: boolean;
  onHover: (index: number) => void;
  onChoose: (row: Row) => void;
}) {
  const { option, typed } = row;
  const value = String(option.value);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard is in the search field, whose Enter chooses the active entry
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-disabled={option.disabled}
      aria-posinset={at + 1}
      aria-setsize={of}
      data-active={isActive}
      onMouseMove={() => !isActive && onHover(at)}
      onClick={() => !option.disabled && onChoose(row)}
      style={{ height: heightPx }}
      className={clsx(
        "flex items-center gap-2 rounded-small px-2 text-sm",
        option.disabled ? "cursor-not-allowed text-muted" : "cursor-pointer",
        isActive && "bg-pressed",
      )}
    >
      <Check aria-hidden="true" className={clsx("size-3.5 shrink-0 text-accent-text", !isChosen && "invisible")} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate">{typed ? `Use “${value}”` : option.label}</span>
        {/* They are read as words of their own. */}{" "}
        {option.description !== undefined && <span className="truncate text-muted text-xs">{option.description}</span>}
      </span>{" "}
      {option.disabled ? (
        <span className="shrink-0 text-xs">Not available</span>
      ) : (
        !typed && option.label !== value && <span className="max-w-32 truncate font-mono text-muted text-xs">{value}</span>
      )}
    </div>
  );
}
