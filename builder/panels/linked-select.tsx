import { clsx } from "clsx";
import { ChevronsUpDown, X } from "lucide-react";
import { Popover } from "radix-ui";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { LinkOption, ParameterLink } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import { type FieldControl, inputStyle } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { LinkedList } from "./linked-select-list.tsx";
import { type AskedList, argumentsOf, type LinkPlace, useLinkOptions } from "./linked-select-query.ts";

export type { LinkPlace } from "./linked-select-query.ts";

const ConnectDialog = lazy(() => import("../pages/connections/connect-dialog.tsx"));

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
  parameter: Pick<Parameter, "key" | "name" | "type">;
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
  const [connecting, setConnecting] = useState(false);
  const parents = useMemo(() => JSON.stringify([place.connection, argumentsOf(link, place.inputs)]), [link, place]);
  const firstParents = useRef(parents);
  const canLookUp = link.kind === "dynamic" && link.resolve !== undefined && value !== undefined;
  const list = useLinkOptions({
    parameter: parameter.key,
    link,
    place,
    search: open ? search : "",
    value: canLookUp ? value : undefined,
    // A parent that was changed decides whether the value still holds, also while the list is closed; and a value that nobody has
    // seen the name of is looked up.
    wanted: open || (value !== undefined && parents !== firstParents.current) || (canLookUp && shownAs === undefined),
  });
  const known = knownOption(list, value);
  const isGone = !known && !link.allowCustom && (open ? search === "" : true) && isUnlisted(list, value);
  const text =
    value === undefined ? "" : (known?.label ?? shownAs ?? (typeof value === "string" ? value : JSON.stringify(value)));
  const focusNext = useRef<HTMLElement | null>(null);
  const close = () => {
    setOpen(false);
    setSearch("");
  };

  return (
    <Popover.Root open={open} onOpenChange={(next) => (next ? setOpen(true) : close())}>
      <div className="relative flex items-center gap-1">
        <Popover.Trigger asChild disabled={disabled}>
          <button
            type="button"
            {...control}
            role="combobox"
            aria-expanded={open}
            className={clsx(inputStyle, "flex h-8 items-center gap-2 text-left text-sm")}
          >
            <span
              className={clsx(
                "min-w-0 flex-1 truncate",
                (isGone || known?.disabled) && "line-through",
                value === undefined && "text-muted",
              )}
            >
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
      {(isGone || known?.disabled) && (
        <p role="alert" className="text-failed-text text-xs">
          {isGone
            ? `“${text}” is not in the list any more: choose another`
            : `“${text}” is not available any more: choose another`}
        </p>
      )}
      <Popover.Portal>
        <Popover.Content
          aria-label={`Values of ${parameter.name}`}
          align="start"
          sideOffset={4}
          // The keyboard would go back to this field.
          onCloseAutoFocus={(event) => {
            if (focusNext.current === null) return;
            event.preventDefault();
            focusNext.current.focus();
            focusNext.current = null;
          }}
          className="z-50 w-(--radix-popover-trigger-width) min-w-72 rounded-card border border-line bg-raised shadow-floating"
        >
          <LinkedList
            parameter={parameter}
            link={link}
            list={list}
            value={value}
            search={search}
            onSearch={setSearch}
            onConnect={
              place.onConnection &&
              (() => {
                close();
                setConnecting(true);
              })
            }
            onLeave={(to) => {
              focusNext.current = to;
              close();
            }}
            onChoose={(option) => {
              onChange(option.value, option.label);
              close();
            }}
          />
        </Popover.Content>
      </Popover.Portal>
      {connecting && (
        <Suspense>
          <ConnectDialog
            connector={place.connector}
            onClose={() => setConnecting(false)}
            onConnected={(connection) => {
              place.onConnection?.(connection);
              setConnecting(false);
            }}
          />
        </Suspense>
      )}
    </Popover.Root>
  );
}

function knownOption({ result }: AskedList, value: Json | undefined): LinkOption | undefined {
  if (result?.outcome !== "listed" || value === undefined) return undefined;
  return result.options.find((option) => same(option.value, value)) ?? result.chosen ?? undefined;
}

/** The whole list is known, or the API says that there is no such value. */
function isUnlisted({ result }: AskedList, value: Json | undefined): boolean {
  return value !== undefined && result?.outcome === "listed" && (result.complete || result.chosen === null);
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
