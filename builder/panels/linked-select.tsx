import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Command } from "cmdk";
import { ChevronsUpDown, RefreshCw, X } from "lucide-react";
import { Popover } from "radix-ui";
import { useMemo, useRef, useState } from "react";
import { unreachable } from "../../shared/app-error.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { LinkOption, LinkOptions, ParameterLink } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import { call } from "../api/client.ts";
import { explain } from "../api/explain.ts";
import { listOptions } from "../api/routes.ts";
import { Button } from "../ui/button.tsx";
import { type FieldControl, inputStyle } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";

/** Where the list of a dynamic link is asked for. */
export type LinkPlace = {
  connector: string;
  endpoint: string;
  connection: string | null;
  /** Inputs of the same endpoint, by parameter key: a link may take its arguments from them. */
  inputs: Record<string, Json>;
};

/** A parameter whose values come from a list: searched as one types, with the list's own troubles in words. */
export function LinkedSelect({
  control,
  parameter,
  link,
  place,
  value,
  shownAs,
  disabled,
  onChange,
}: {
  control: FieldControl;
  parameter: Pick<Parameter, "key" | "name">;
  link: ParameterLink;
  place: LinkPlace;
  value: Json | undefined;
  /** What was shown when the value was chosen. */
  shownAs: string | undefined;
  disabled: boolean;
  onChange: (value: Json | undefined, label?: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const parents = useMemo(() => JSON.stringify([place.connection, argumentsOf(link, place.inputs)]), [link, place]);
  const firstParents = useRef(parents);
  const list = useLinkOptions({
    parameter: parameter.key,
    link,
    place,
    search,
    // A parent that was changed decides whether the value still holds, also while the list is closed.
    wanted: open || (value !== undefined && parents !== firstParents.current),
  });
  const listed = list.result?.outcome === "listed" ? list.result : null;
  const shown = listed ? (link.kind === "dynamic" && link.search ? listed.options : filtered(listed.options, search)) : [];
  const known = listed?.options.find((option) => same(option.value, value));
  const gone = value !== undefined && listed?.complete === true && !known && search === "" && !link.allowCustom;
  const text =
    value === undefined ? "" : (known?.label ?? shownAs ?? (typeof value === "string" ? value : JSON.stringify(value)));

  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <div className="relative flex items-center gap-1">
        <Popover.Trigger asChild disabled={disabled}>
          <button
            type="button"
            {...control}
            role="combobox"
            aria-expanded={open}
            className={clsx(inputStyle, "flex h-8 items-center gap-2 text-left text-sm")}
          >
            <span className={clsx("min-w-0 flex-1 truncate", gone && "line-through", value === undefined && "text-muted")}>
              {value === undefined ? "Choose" : text}
            </span>
            <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-muted" />
          </button>
        </Popover.Trigger>
        {value !== undefined && !disabled && (
          <IconButton label={`Clear ${parameter.name}`} onClick={() => onChange(undefined)}>
            <X aria-hidden="true" />
          </IconButton>
        )}
      </div>
      {gone && (
        <p role="alert" className="text-failed-text text-xs">
          “{text}” is not in the list any more: choose another
        </p>
      )}
      <Popover.Portal>
        <Popover.Content
          aria-label={`Values of ${parameter.name}`}
          align="start"
          sideOffset={4}
          className="z-50 w-(--radix-popover-trigger-width) min-w-64 rounded-card border border-line bg-raised shadow-floating"
        >
          <Command shouldFilter={false} label={`Values of ${parameter.name}`}>
            <div className="flex items-center gap-1 border-line border-b pr-1">
              <Command.Input
                value={search}
                onValueChange={setSearch}
                placeholder="Search"
                className="h-9 min-w-0 flex-1 bg-transparent px-3 text-sm outline-none"
              />
              {link.kind === "dynamic" && (
                <IconButton label="Ask the API again" onClick={list.refresh}>
                  <RefreshCw aria-hidden="true" className={list.asking ? "animate-breathe" : undefined} />
                </IconButton>
              )}
            </div>
            <Command.List label={`Values of ${parameter.name}`} className="max-h-64 overflow-y-auto p-1 empty:hidden">
              <Options
                options={shown}
                custom={link.allowCustom ? search : ""}
                onChoose={(option) => {
                  onChange(option.value, option.label);
                  setOpen(false);
                  setSearch("");
                }}
              />
            </Command.List>
            <ListState list={list} found={shown.length} search={search} />
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

const item = "cursor-pointer rounded-small px-2 py-1.5 text-sm data-[selected=true]:bg-pressed";

type AskedList = { result: LinkOptions | null; problem: string | null; asking: boolean; refresh: () => void };

/** As many as are read; the rest is found by typing. */
const shownAtOnce = 200;

function Options({
  options,
  custom,
  onChoose,
}: {
  options: readonly LinkOption[];
  /** What was typed, where a value outside of the list may be used. */
  custom: string;
  onChoose: (option: LinkOption) => void;
}) {
  return (
    <>
      {options.slice(0, shownAtOnce).map((option) => (
        <Command.Item
          key={JSON.stringify(option.value)}
          value={JSON.stringify(option.value)}
          onSelect={() => onChoose(option)}
          className={`${item} flex items-baseline gap-2`}
        >
          <span className="min-w-0 flex-1 truncate">{option.label}</span>
          {option.label !== String(option.value) && (
            <span className="max-w-32 truncate font-mono text-muted text-xs">{String(option.value)}</span>
          )}
        </Command.Item>
      ))}
      {custom !== "" && !options.some(({ label }) => label === custom) && (
        <Command.Item
          value={`custom ${custom}`}
          onSelect={() => onChoose({ value: custom, label: custom })}
          className={`${item} truncate`}
        >
          Use “{custom}”
        </Command.Item>
      )}
    </>
  );
}

/** What there is to say about the list besides its values: that it is asked for, what it needs first, what went wrong. */
function ListState({ list, found, search }: { list: AskedList; found: number; search: string }) {
  const { result, problem } = list;
  if (problem !== null) return <Trouble text={problem} onRetry={list.refresh} />;
  if (!result) return <Note text="Asking the API …" />;
  switch (result.outcome) {
    case "needs-connection":
      return <Note text="Choose a connection first." />;
    case "needs-parameters":
      return <Note text={`Fill in ${result.parameters.map(({ name }) => `“${name}”`).join(", ")} first.`} />;
    case "failed":
      return (
        <Trouble
          text={`The linked endpoint ${result.status === null ? "could not be reached: " : ""}${result.message}`}
          onRetry={list.refresh}
        />
      );
    case "mismatch":
      return <Trouble text={result.message} onRetry={list.refresh} />;
    case "listed":
      if (found === 0) return <Note text={search === "" ? "The list is empty." : `Nothing fits “${search}”.`} />;
      return found > shownAtOnce || !result.complete ? <Note text="There may be more: type to search." /> : null;
    default:
      return unreachable(result);
  }
}

function Note({ text }: { text: string }) {
  return (
    <p role="status" className="px-3 py-2.5 text-muted text-sm">
      {text}
    </p>
  );
}

function Trouble({ text, onRetry }: { text: string; onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 px-3 py-2.5 text-sm">
      <p className="break-words text-failed-text">{text}</p>
      <Button size="small" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

function useLinkOptions(asked: {
  parameter: string;
  link: ParameterLink;
  place: LinkPlace;
  search: string;
  wanted: boolean;
}): AskedList {
  const { parameter, link, place, wanted } = asked;
  const refreshNext = useRef(false);
  const search = link.kind === "dynamic" && link.search ? asked.search : "";
  const inputs = argumentsOf(link, place.inputs);
  const { connector, endpoint, connection } = place;
  const query = useQuery({
    queryKey: ["options", connector, endpoint, parameter, connection, inputs, search],
    queryFn: ({ signal }) => {
      const refresh = refreshNext.current;
      refreshNext.current = false;
      return call(
        listOptions,
        { params: { connector, endpoint }, body: { parameter, connection, inputs, search, refresh } },
        signal,
      );
    },
    enabled: wanted && link.kind === "dynamic",
    staleTime: 60_000,
    placeholderData: (before) => before,
  });
  if (link.kind === "static") {
    const result: LinkOptions = { outcome: "listed", options: link.values, complete: true };
    return { result, problem: null, asking: false, refresh: () => {} };
  }
  return {
    result: query.data?.result ?? null,
    problem: query.error ? explain(query.error).why : null,
    asking: query.isFetching,
    refresh() {
      refreshNext.current = true;
      void query.refetch();
    },
  };
}

/** Only the inputs that the link reads: another parameter's change asks for nothing. */
function argumentsOf(link: ParameterLink, inputs: Record<string, Json>): Record<string, Json> {
  if (link.kind === "static") return {};
  const from = Object.values(link.args).flatMap((argument) => ("from" in argument ? [argument.from] : []));
  return Object.fromEntries(from.flatMap((key) => (inputs[key] === undefined ? [] : [[key, inputs[key]]])));
}

function filtered(options: readonly LinkOption[], search: string): readonly LinkOption[] {
  const wanted = search.trim().toLowerCase();
  return wanted === ""
    ? options
    : options.filter(({ label, value }) => `${label} ${String(value)}`.toLowerCase().includes(wanted));
}

function same(a: Json, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
