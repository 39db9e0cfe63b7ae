import type { EventFilters, EventState } from "../../../shared/api/events.ts";
import type { EventSource } from "../../../shared/event/event.ts";

const hourMs = 3_600_000;
export const periods = [
  { value: "1h", label: "The last hour", ms: hourMs },
  { value: "24h", label: "The last 24 hours", ms: 24 * hourMs },
  { value: "7d", label: "The last 7 days", ms: 7 * 24 * hourMs },
  { value: "30d", label: "The last 30 days", ms: 30 * 24 * hourMs },
] as const;

/** What the address says of the inbox. */
export type InboxSearch = {
  view?: "refused" | "detective" | undefined;
  state?: EventState | undefined;
  source?: EventSource | undefined;
  flow?: string | undefined;
  since?: (typeof periods)[number]["value"] | undefined;
  text?: string | undefined;
};

const views = ["refused", "detective"] as const;
const states = ["accepted", "held", "filtered", "duplicated", "no-run"] as const;
const sources = ["webhook", "manual", "schedule", "poll", "api"] as const;

/** Reads an address that anybody may have written. */
export function readInboxSearch(search: Record<string, unknown>): InboxSearch {
  const one = <Value extends string>(key: string, known: readonly Value[]) => known.find((value) => value === search[key]);
  const text = (key: string) => (typeof search[key] === "string" && search[key] !== "" ? search[key].slice(0, 200) : undefined);
  return {
    view: one("view", views),
    state: one("state", states),
    source: one("source", sources),
    flow: text("flow"),
    since: one(
      "since",
      periods.map(({ value }) => value),
    ),
    text: text("text"),
  };
}

/** What the server is asked for; a period begins at a full minute, so that asking again asks the same. */
export function filtersOf({ state, source, flow, since, text }: InboxSearch, now: number): EventFilters {
  const period = periods.find(({ value }) => value === since);
  const from = period ? Math.floor((now - period.ms) / 60_000) * 60_000 : undefined;
  return { state, source, flow, text, from };
}

export function isFiltered({ view: _, ...filters }: InboxSearch): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}
