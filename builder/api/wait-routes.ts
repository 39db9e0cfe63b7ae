import { queryOptions } from "@tanstack/react-query";
import type * as waits from "../../shared/api/waits.ts";
import { at, call } from "./client.ts";

export const getWait = at<typeof waits.getWait>("GET", "/waits/:token");
export const resumeWait = at<typeof waits.resumeWait>("POST", "/waits/:token/resume");
export const decideWait = at<typeof waits.decideWait>("POST", "/waits/:token/decision");
export const getWaitLink = at<typeof waits.getWaitLink>("GET", "/runs/:run/steps/:step/wait");

export const listWaits = at<typeof waits.listWaits>("GET", "/waits");

/** The approvals that whoever is signed in may decide; looked at again whenever a run has moved. */
export const waitingForMeQuery = queryOptions({
  queryKey: ["runs", "waiting for me"],
  queryFn: ({ signal }) => call(listWaits, {}, signal),
});

/** What a step waits for, by the token of its link; looked at again while it may be answered by somebody else. */
export function waitQuery(token: string) {
  return queryOptions({
    queryKey: ["wait", token],
    queryFn: ({ signal }) => call(getWait, { params: { token } }, signal),
    refetchInterval: ({ state }) => (state.data?.state === "waiting" || state.data?.state === "early" ? 10_000 : false),
  });
}

/** The link of a run's step that waits. */
export function waitLinkQuery(run: string, step: string) {
  return queryOptions({
    queryKey: ["run", run, "wait", step],
    queryFn: ({ signal }) => call(getWaitLink, { params: { run, step } }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
