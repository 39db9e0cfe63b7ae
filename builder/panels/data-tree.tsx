import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { type KeyboardEvent, useMemo, useState } from "react";
import type { ResponseParameter } from "../../shared/connector/response-parameters.ts";
import { KindTile } from "../canvas/nodes/kind-tile.tsx";
import { copyText } from "../ui/copy-button.tsx";
import { counted } from "../ui/counted.ts";
import { pathText } from "../ui/json-rows.ts";
import { notify } from "../ui/toast.ts";
import type { DataRoot } from "./data-roots.ts";
import { useInsertTarget } from "./insert-target.ts";

type Row = { id: string; path: string; depth: number; parameter: ResponseParameter; open: boolean };

/** What earlier steps give, with sample values: a click or a drag puts the path into the field that was used last. */
export function DataTree({ roots }: { roots: readonly DataRoot[] }) {
  const [search, setSearch] = useState("");
  if (roots.length === 0)
    return <p className="p-4 text-muted text-sm">Nothing runs before this node, so there is no data to use yet.</p>;
  return (
    <div className="flex min-h-0 flex-col">
      <div className="border-line border-b px-4 pb-3">
        <input
          aria-label="Search data"
          placeholder="Search data"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-8 w-full rounded-control border border-line-control bg-page px-2.5 text-sm"
        />
      </div>
      <div className="min-h-0 overflow-y-auto pb-4">
        {roots.map((root, index) => (
          <RootTree
            key={`${root.source} ${root.node}`}
            root={root}
            search={search.trim().toLowerCase()}
            openAtFirst={index === 0}
          />
        ))}
      </div>
    </div>
  );
}

const fromWords = { run: "last run", sample: "sample" } as const;

function RootTree({ root, search, openAtFirst }: { root: DataRoot; search: string; openAtFirst: boolean }) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => rowsOf(root, toggled, search, openAtFirst), [root, toggled, search, openAtFirst]);
  const [focused, setFocused] = useState<string | null>(null);
  const target = useInsertTarget();
  const stop = rows.some(({ id }) => id === focused) ? focused : rows[0]?.id;
  if (search !== "" && rows.length === 0) return null;

  function choose(row: Row): void {
    if (target.insert(row.path)) return;
    void copyText(`{{${row.path}}}`).then(() => notify("done", "Copied", "Click into a field first to put it there."));
  }
  function toggle(row: Row): void {
    const next = new Set(toggled);
    if (!next.delete(row.id)) next.add(row.id);
    setToggled(next);
  }
  function keys(event: KeyboardEvent<HTMLElement>, row: Row, index: number): void {
    const items = event.currentTarget.closest('[role="tree"]')?.querySelectorAll<HTMLElement>('[role="treeitem"]');
    if (event.key === "ArrowDown") items?.[index + 1]?.focus();
    else if (event.key === "ArrowUp") items?.[index - 1]?.focus();
    else if (event.key === "ArrowRight" && row.parameter.children.length > 0 && !row.open) toggle(row);
    else if (event.key === "ArrowLeft" && row.open) toggle(row);
    else if (event.key === "Enter" || event.key === " ") choose(row);
    else return;
    event.preventDefault();
  }

  return (
    <section aria-label={root.name} className="pt-3">
      <h3 className="flex items-center gap-2 px-4 pb-1 font-medium text-sm">
        <KindTile kind={root.kind} size="small" />
        <span className="min-w-0 flex-1 truncate">{root.name}</span>
        {root.optional && <span className="text-waiting-text text-xs">may be missing</span>}
        <span className="text-muted text-xs">{root.from === null ? "no sample yet" : fromWords[root.from]}</span>
      </h3>
      <div role="tree" aria-label={`Data of ${root.name}`}>
        {rows.map((row, index) => (
          <DataRow
            key={row.id}
            row={row}
            tabIndex={row.id === stop ? 0 : -1}
            onChoose={() => choose(row)}
            onToggle={() => toggle(row)}
            onFocus={() => setFocused(row.id)}
            onKeyDown={(event) => keys(event, row, index)}
          />
        ))}
      </div>
    </section>
  );
}

const drawn = "before:content-[attr(data-text)]";

function DataRow({
  row,
  tabIndex,
  onChoose,
  onToggle,
  onFocus,
  onKeyDown,
}: {
  row: Row;
  tabIndex: number;
  onChoose: () => void;
  onToggle: () => void;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}) {
  const { parameter, depth, open, path } = row;
  const hasChildren = parameter.children.length > 0;
  return (
    <div
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={hasChildren ? open : undefined}
      aria-selected={false}
      aria-label={`${path}, ${parameter.type}`}
      tabIndex={tabIndex}
      draggable
      onDragStart={(event) => event.dataTransfer.setData("text/plain", `{{${path}}}`)}
      // The field keeps the keyboard: its caret says where the path goes.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      style={{ paddingLeft: `calc(var(--space) * ${3 + depth * 4})` }}
      className="group flex min-h-7 cursor-grab items-center gap-1.5 pr-4 text-xs -outline-offset-2 hover:bg-hover"
    >
      {hasChildren ? (
        <span
          aria-hidden="true"
          className="flex size-5 shrink-0 cursor-pointer items-center justify-center"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          <ChevronRight className={clsx("size-3.5 text-muted transition-transform", open && "rotate-90")} />
        </span>
      ) : (
        <span className="w-5 shrink-0" />
      )}
      <span className="shrink-0 font-medium font-mono">{parameter.name || path.split(".").at(-1)}</span>
      {/* The row's name says the type in full; what is drawn by style is not read out once more. */}
      <span data-text={typeText(parameter)} className={`${drawn} shrink-0 text-muted`} />
      <span data-text={shortSample(parameter)} className={`${drawn} min-w-0 flex-1 truncate text-right font-mono text-muted`} />
    </div>
  );
}

function rowsOf(root: DataRoot, toggled: ReadonlySet<string>, search: string, openAtFirst: boolean): Row[] {
  const rows: Row[] = [];
  function add(parameter: ResponseParameter, depth: number): void {
    const path = pathText(root.source, parameter.path);
    const byDefault =
      search !== "" || (depth === 0 && openAtFirst) || (depth === 1 && openAtFirst && parameter.children.length <= 8);
    const open = parameter.children.length > 0 && byDefault !== toggled.has(path);
    if (search === "" || holds(parameter, search)) rows.push({ id: path, path, depth, parameter, open });
    if (open) for (const child of parameter.children) add(child, depth + 1);
  }
  add(root.tree, 0);
  return search !== "" && rows.length <= 1 && !holds(root.tree, search) ? [] : rows;
}

function holds(parameter: ResponseParameter, search: string): boolean {
  return parameter.name.toLowerCase().includes(search) || parameter.children.some((child) => holds(child, search));
}

/** A question mark says that it may be absent, or null; items of a list always may. */
function typeText({ name, type, optional }: ResponseParameter): string {
  return optional && name !== "[]" ? `${type}?` : type;
}

function shortSample({ sample, children }: ResponseParameter): string {
  if (sample === undefined || children.length > 0) return Array.isArray(sample) ? counted(sample.length, "item") : "";
  return JSON.stringify(sample).slice(0, 80);
}
