import { queryOptions } from "@tanstack/react-query";
import type { Schedule } from "../../shared/flow/schedule.ts";
import { call } from "./client.ts";
import { listEvents } from "./routes.ts";
import { getHook, getRefusal, getSheet, getWebhookStandings, listTimers, nextFirings } from "./trigger-routes.ts";

/** The next times of a schedule, as the server will fire it. */
export function nextFiringsQuery(schedule: Schedule) {
  const text = JSON.stringify(schedule);
  return queryOptions({
    queryKey: ["next firings", text],
    queryFn: ({ signal }) => call(nextFirings, { query: { schedule: text } }, signal),
    // What is typed is often no schedule yet.
    retry: false,
  });
}

/** How a flow's schedules and polls stand. */
export function timersQuery(flow: string) {
  return queryOptions({
    queryKey: ["flow", flow, "timers"],
    queryFn: ({ signal }) => call(listTimers, { params: { flow } }, signal),
    refetchInterval: 10_000,
  });
}

/** A refused delivery with what came. */
export function refusalQuery(refusal: string) {
  return queryOptions({
    queryKey: ["refusal", refusal],
    queryFn: ({ signal }) => call(getRefusal, { params: { refusal } }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A hook URL and its subscription as they stand. */
export function hookQuery(hook: string) {
  return queryOptions({
    queryKey: ["hook", hook],
    queryFn: ({ signal }) => call(getHook, { params: { hook } }, signal),
    refetchInterval: 5_000,
  });
}

/** What a sender must know, by the link's token. */
export function sheetQuery(token: string) {
  return queryOptions({
    queryKey: ["sheet", token],
    queryFn: ({ signal }) => call(getSheet, { params: { token } }, signal),
  });
}

/** Secrets and global URLs of a connector's incoming webhooks, as they stand. */
export function webhookStandingsQuery(connector: string) {
  return queryOptions({
    queryKey: ["connector", connector, "webhooks"],
    queryFn: ({ signal }) => call(getWebhookStandings, { params: { key: connector } }, signal),
  });
}

/** The newest events that came from outside, to take one as a sample. */
export const recentEventsQuery = queryOptions({
  queryKey: ["events", "recent"],
  queryFn: ({ signal }) => call(listEvents, { query: { source: "webhook", limit: 20 } }, signal),
});
