import { clsx } from "clsx";
import { Braces, ChevronRight, Spline } from "lucide-react";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { copyText } from "./copy-button.tsx";
import { formatSize } from "./format-size.ts";
import { IconButton } from "./icon-button.tsx";
import { childrenAtOnce, type JsonRow, type JsonValue, jsonRows, openAtFirst, pathText } from "./json-rows.ts";
import { notify } from "./toast.ts";

const textAtOnce = 240;

/**
 * A JSON value as a tree. Arrow keys walk and open it, `c` copies the value of the row, `p` its path, which starts with `root`.
 */
export function JsonTree({ value, root, label }: { value: JsonValue; root: string; label: string }) {
  const [open, setOpen] = useState(() => openAtFirst(value));
  const [listed, setListed] = useState<ReadonlyMap<string, number>>(new Map());
  const [focused, setFocused] = useState<string | null>(null);
  const rows = useMemo(() => jsonRows(value, open, listed), [value, open, listed]);
  const list = useRef<HTMLDivElement>(null);
  const stop = rows.some((row) => row.id === focused) ? focused : rows[0]?.id;

  function toggle(row: JsonRow): void {
    if (row.more) {
      const { container } = row.more;
      setListed(new Map(listed).set(container, (listed.get(container) ?? childrenAtOnce) + childrenAtOnce * 5));
      return;
    }
    if (row.count === 0) return;
    const next = new Set(open);
    if (!next.delete(row.id)) next.add(row.id);
    setOpen(next);
  }

  function focus(index: number): void {
    const row = rows[index];
    if (!row) return;
    setFocused(row.id);
    list.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[index]?.focus();
  }

  function keys(event: KeyboardEvent, row: JsonRow, index: number): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const parent = rows.findLastIndex((other, at) => at < index && other.path.length < row.path.length);
    if (!act()) return;
    event.preventDefault();

    function act(): boolean {
      if (event.key === "ArrowDown") focus(index + 1);
      else if (event.key === "ArrowUp") focus(index - 1);
      else if (event.key === "Home") focus(0);
      else if (event.key === "End") focus(rows.length - 1);
      else if (event.key === "ArrowRight") row.count > 0 && !row.open ? toggle(row) : focus(index + 1);
      else if (event.key === "ArrowLeft") row.open ? toggle(row) : focus(parent);
      else if (event.key === "Enter" || event.key === " ") toggle(row);
      else if (event.key === "c") copyValue(row);
      else if (event.key === "p") copyPath(root, row);
      else return false;
      return true;
    }
  }

  return (
    <div ref={list} role="tree" aria-label={label} className="overflow-x-auto font-mono text-xs">
      {rows.map((row, index) => (
        <TreeRow
          key={row.id}
          row={row}
          root={root}
          tabIndex={row.id === stop ? 0 : -1}
          onToggle={() => {
            setFocused(row.id);
            toggle(row);
          }}
          onKeyDown={(event) => keys(event, row, index)}
        />
      ))}
    </div>
  );
}

function TreeRow({
  row,
  root,
  tabIndex,
  onToggle,
  onKeyDown,
}: {
  row: JsonRow;
  root: string;
  tabIndex: number;
  onToggle: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}) {
  const key = row.path.at(-1);
  const opens = row.count > 0 || row.more !== null;
  return (
    <div
      role="treeitem"
      aria-level={row.path.length + 1}
      aria-expanded={row.count > 0 ? row.open : undefined}
      aria-selected={false}
      tabIndex={tabIndex}
      onClick={onToggle}
      onKeyDown={onKeyDown}
      style={{ paddingLeft: `calc(var(--space) * ${3.5 * row.path.length})` }}
      className={clsx(
        "group relative flex min-h-6 items-start gap-1 rounded-small py-0.5 pr-2 -outline-offset-2 hover:bg-hover",
        opens && "cursor-pointer",
      )}
    >
      <ChevronRight
        aria-hidden="true"
        className={clsx(
          "mt-0.5 size-3.5 shrink-0 text-muted transition-transform",
          row.open && "rotate-90",
          row.count === 0 && "invisible",
        )}
      />
      {row.more ? (
        <span className="text-accent-text">{row.more.left} more</span>
      ) : (
        <span className="min-w-0 flex-1">
          {key !== undefined && (
            <>
              <span className={typeof key === "number" ? "text-muted" : "text-text"}>{key}</span>
              <span className="text-muted">: </span>
            </>
          )}
          <Value row={row} />
        </span>
      )}
      {!row.more && <RowTools row={row} root={root} />}
    </div>
  );
}

function RowTools({ row, root }: { row: JsonRow; root: string }) {
  return (
    <span className="absolute top-0 right-1 hidden gap-0.5 rounded-small bg-hover group-focus-within:flex group-hover:flex">
      <IconButton
        label="Copy path"
        tabIndex={-1}
        className="h-6"
        onClick={(event) => {
          event.stopPropagation();
          copyPath(root, row);
        }}
      >
        <Spline aria-hidden="true" />
      </IconButton>
      <IconButton
        label="Copy value"
        tabIndex={-1}
        className="h-6"
        onClick={(event) => {
          event.stopPropagation();
          copyValue(row);
        }}
      >
        <Braces aria-hidden="true" />
      </IconButton>
    </span>
  );
}

function Value({ row }: { row: JsonRow }) {
  const { value } = row;
  if (typeof value === "string") return <Text text={value} />;
  if (typeof value === "number") return <span className="text-json-number">{String(value)}</span>;
  if (typeof value === "boolean" || value === null) return <span className="text-json-keyword">{String(value)}</span>;
  const [start, end, one, many] = Array.isArray(value) ? ["[", "]", "item", "items"] : ["{", "}", "key", "keys"];
  if (row.count === 0) return <span className="text-muted">{start + end}</span>;
  return (
    <span className="text-muted">
      {row.open ? start : `${start}…${end}`} {row.count} {row.count === 1 ? one : many}
    </span>
  );
}

function Text({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const cut = text.length > textAtOnce && !whole;
  return (
    <span className="break-all text-json-text">
      "{cut ? text.slice(0, textAtOnce) : text}
      {cut ? "…" : '"'}
      {cut && (
        <button
          type="button"
          tabIndex={-1}
          className="ml-2 rounded-small bg-pressed px-1.5 text-muted hover:text-text"
          onClick={(event) => {
            event.stopPropagation();
            setWhole(true);
          }}
        >
          {formatSize(new TextEncoder().encode(text).length)}, show all
        </button>
      )}
    </span>
  );
}

function copyPath(root: string, row: JsonRow): void {
  const path = pathText(root, row.path);
  void copyText(path).then((done) => (done ? notify("done", "Path copied", path) : notify("failed", "Could not copy the path")));
}

function copyValue(row: JsonRow): void {
  const text = typeof row.value === "string" ? row.value : JSON.stringify(row.value, null, 2);
  void copyText(text).then((done) => (done ? notify("done", "Value copied") : notify("failed", "Could not copy the value")));
}
