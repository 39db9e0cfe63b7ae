import { parseLabel } from "../../../shared/connector/link-label.ts";
import { type DynamicLink, usualLink } from "../../../shared/connector/parameter-link.ts";
import { type ListPlace, placeOf } from "./list-places.ts";

/** A parameter link as its window holds it: chosen places by their id, "" for what is left out. */
export type LinkDraft = {
  linked: string | null;
  place: string | null;
  /** How an entry is shown: as its value, by another place of the list, or by a text with paths. */
  shown: { as: "value" } | { as: "place"; place: string } | { as: "text"; text: string };
  args: DynamicLink["args"];
  search: string | null;
  searchMinimum: number;
  description: string;
  disabledWhen: string;
  maxPages: number;
  resolve: { endpoint: string; argument: string; item: string } | null;
  keepSeconds: number;
  checked: boolean;
  allowCustom: boolean;
};

export function draftOf(link: DynamicLink | null): LinkDraft {
  return {
    linked: link?.endpoint ?? null,
    place: link ? placeOf(link.items, link.value) : null,
    shown: shownOf(link),
    args: link?.args ?? {},
    search: link?.search ?? null,
    searchMinimum: link?.searchMinimum ?? 1,
    description: link?.description ?? "",
    disabledWhen: link?.disabledWhen ?? "",
    maxPages: link?.maxPages ?? usualLink.maxPages,
    resolve: link?.resolve ?? null,
    keepSeconds: link?.keepSeconds ?? usualLink.keepSeconds,
    checked: link?.validateAtRun !== "off",
    allowCustom: link?.allowCustom ?? false,
  };
}

function shownOf(link: DynamicLink | null): LinkDraft["shown"] {
  if (link?.label === undefined) return { as: "value" };
  const parts = parseLabel(link.label);
  const isPath = link.label === "" || (!("problem" in parts) && parts.length === 1 && !link.label.startsWith("{"));
  return isPath ? { as: "place", place: placeOf(link.items, link.label) } : { as: "text", text: link.label };
}

/** Another linked endpoint begins anew; what does not depend on it stays. */
export function withLinked(draft: LinkDraft, linked: string): LinkDraft {
  const { keepSeconds, checked, allowCustom } = draft;
  return { ...draftOf(null), linked, keepSeconds, checked, allowCustom };
}

/** The link that was put together; null while there is no linked parameter. What is as usual is left out. */
export function linkOf(draft: LinkDraft, places: readonly ListPlace[]): DynamicLink | null {
  const { linked, shown, args, search, searchMinimum, description, disabledWhen, maxPages, resolve, keepSeconds } = draft;
  const value = places.find(({ id }) => id === draft.place);
  if (linked === null || !value) return null;
  const label = shown.as === "text" ? shown.text.trim() : shown.as === "place" ? placeWithin(shown.place, value, places) : null;
  return {
    kind: "dynamic",
    endpoint: linked,
    items: value.items,
    value: value.within,
    ...(label !== null && (shown.as === "place" || label !== "") && { label }),
    ...(description.trim() !== "" && { description: description.trim() }),
    ...(disabledWhen.trim() !== "" && { disabledWhen: disabledWhen.trim() }),
    args,
    ...(search !== null && { search, ...(searchMinimum > 1 && { searchMinimum }) }),
    ...(maxPages !== usualLink.maxPages && { maxPages }),
    ...(resolve && { resolve }),
    ...(keepSeconds !== usualLink.keepSeconds && { keepSeconds }),
    ...(!draft.checked && { validateAtRun: "off" as const }),
    allowCustom: draft.allowCustom,
  };
}

/** Null for a place of another list. */
function placeWithin(id: string, value: ListPlace, places: readonly ListPlace[]): string | null {
  return places.find((place) => place.id === id && place.items === value.items)?.within ?? null;
}
