import { queryOptions } from "@tanstack/react-query";
import type { Schedule } from "../../shared/flow/schedule.ts";
import { call } from "./client.ts";
import { listTimers, nextFirings } from "./trigger-routes.ts";

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
