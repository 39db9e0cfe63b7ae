import { RefreshCw } from "lucide-react";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import type { Parameter } from "../../shared/connector/parameter.ts";
import { type LinkOption, type ParameterLink, sentSearch } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import { IconButton } from "../ui/icon-button.tsx";
import type { AskedList } from "./linked-select-query.ts";
import { LinkedRows, type Row } from "./linked-select-rows.tsx";
import { LinkedListState } from "./linked-select-state.tsx";

/** A searched list of entries, walked with the arrow keys, and what there is to say about it. */
export function LinkedList({
  parameter,
  link,
  list,
  value,
  search,
  onSearch,
  onChoose,
  onConnect,
  onLeave,
}: {
  parameter: Pick<Parameter, "name" | "type">;
  link: ParameterLink;
  list: AskedList;
  value: Json | undefined;
  search: string;
  onSearch: (text: string) => void;
  onChoose: (option: LinkOption) => void;
  onConnect?: (() => void) | undefined;
  /** The keyboard goes to another field. */
  onLeave: (to: HTMLElement) => void;
}) {
  const id = useId();
  const viewport = useRef<HTMLDivElement>(null);
  const { result } = list;
  const options = result?.outcome === "listed" ? result.options : none;
  // What the API has found for these words it has found by its own rules.
  const isSearched = link.kind === "dynamic" && sentSearch(link, search) !== "";
  const found = useMemo(() => (isSearched ? options : matching(options, search)), [options, search, isSearched]);
  const rows = useMemo(
    () => withTyped(found, link.allowCustom ? typedOption(search, parameter) : null),
    [found, search, link, parameter],
  );
  const chosen = rows.findIndex(({ option, typed }) => !typed && value !== undefined && option.value === value);
  const [walked, setWalked] = useState<{ rows: readonly Row[]; at: number } | null>(null);
  // Another list is walked from its chosen entry on, or from its first.
  const active = walked?.rows === rows ? walked.at : chosen >= 0 && search === "" ? chosen : firstEnabled(rows);

  function walk(event: KeyboardEvent<HTMLInputElement>): void {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8 }[event.key];
    if (to !== undefined && rows.length > 0) {
      event.preventDefault();
      setWalked({ rows, at: Math.max(0, Math.min(to, rows.length - 1)) });
    }
    if (event.key !== "Enter") return;
    // It would send the form that the field is in.
    event.preventDefault();
    const row = rows[active];
    if (row && !row.option.disabled) onChoose(row.option);
  }

  return (
    <div>
      <div className="flex items-center gap-1 border-line border-b pr-1">
        <input
          role="combobox"
          aria-label={`Search ${parameter.name}`}
          aria-expanded={rows.length > 0}
          aria-controls={rows.length > 0 ? id : undefined}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          autoComplete="off"
          spellCheck={false}
          value={search}
          placeholder="Search"
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={walk}
          className="h-9 min-w-0 flex-1 bg-transparent px-3 text-sm outline-none"
        />
        {link.kind === "dynamic" && (
          <IconButton label="Ask the API again" onClick={list.refresh}>
            <RefreshCw aria-hidden="true" className={list.asking ? "animate-breathe" : undefined} />
          </IconButton>
        )}
      </div>
      {rows.length > 0 && (
        <div className="p-1">
          <LinkedRows
            id={id}
            label={`Values of ${parameter.name}`}
            rows={rows}
            active={active}
            chosen={chosen}
            viewport={viewport}
            onHover={(at) => setWalked({ rows, at })}
            onChoose={({ option }) => onChoose(option)}
          />
        </div>
      )}
      <LinkedListState
        list={list}
        found={rows.length}
        search={search}
        searchable={link.kind === "dynamic" && link.search !== undefined}
        onConnect={onConnect}
        onParent={(key) => goTo(key, onLeave)}
      />
    </div>
  );
}

const none: readonly LinkOption[] = [];

function matching(options: readonly LinkOption[], search: string): readonly LinkOption[] {
  const wanted = search.trim().toLowerCase();
  return wanted === ""
    ? options
    : options.filter(({ label, value, description = "" }) =>
        `${label} ${String(value)} ${description}`.toLowerCase().includes(wanted),
      );
}

/** What was typed as a value of the parameter's type; null when it is none. */
function typedOption(text: string, { type }: Pick<Parameter, "type">): LinkOption | null {
  const typed = text.trim();
  if (typed === "") return null;
  if (type === "boolean") return typed === "true" || typed === "false" ? { value: typed === "true", label: typed } : null;
  if (type !== "integer" && type !== "number") return { value: typed, label: typed };
  const number = Number(typed);
  return Number.isFinite(number) && (type === "number" || Number.isInteger(number)) ? { value: number, label: typed } : null;
}

function withTyped(options: readonly LinkOption[], typed: LinkOption | null): readonly Row[] {
  const rows = options.map((option): Row => ({ option, typed: false }));
  const isListed = typed !== null && options.some(({ value, label }) => value === typed.value || label === typed.label);
  return typed === null || isListed ? rows : [...rows, { option: typed, typed: true }];
}

function firstEnabled(rows: readonly Row[]): number {
  return rows.findIndex(({ option }) => !option.disabled);
}

/** The field of another parameter of the same form, which `ParameterForm` marks; null when it is not shown. */
function goTo(key: string, leave: (to: HTMLElement) => void): (() => void) | null {
  const field = document.querySelector<HTMLElement>(
    `[data-parameter="${CSS.escape(key)}"] :is(input, textarea, select, [role="combobox"])`,
  );
  return field && (() => leave(field));
}
