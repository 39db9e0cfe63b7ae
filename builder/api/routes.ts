import type * as events from "../../shared/api/events.ts";
import type * as flows from "../../shared/api/flows.ts";
import type * as live from "../../shared/api/live.ts";
import type * as overview from "../../shared/api/overview.ts";
import type * as people from "../../shared/api/people.ts";
import type * as runs from "../../shared/api/runs.ts";
import { at } from "./client.ts";

export const getSetup = at<typeof people.getSetup>("GET", "/setup");
export const completeSetup = at<typeof people.completeSetup>("POST", "/setup");
export const getSession = at<typeof people.getSession>("GET", "/session");
export const signIn = at<typeof people.signIn>("POST", "/session");
export const signOut = at<typeof people.signOut>("DELETE", "/session");

export const getOverview = at<typeof overview.getOverview>("GET", "/overview");

export const listFlows = at<typeof flows.listFlows>("GET", "/flows");
export const getFlow = at<typeof flows.getFlow>("GET", "/flows/:flow");
export const runFlow = at<typeof flows.runFlow>("POST", "/flows/:flow/runs");

export const listRuns = at<typeof runs.listRuns>("GET", "/runs");
export const getRun = at<typeof runs.getRun>("GET", "/runs/:run");
export const getEntryValues = at<typeof runs.getEntryValues>("GET", "/runs/:run/entries/:number");
export const cancelRun = at<typeof runs.cancelRun>("POST", "/runs/:run/cancel");
export const decideOutcome = at<typeof runs.decideOutcome>("POST", "/runs/:run/steps/:node/outcome");

export const listEvents = at<typeof events.listEvents>("GET", "/events");
export const getEvent = at<typeof events.getEvent>("GET", "/events/:event");
export const listRefusals = at<typeof events.listRefusals>("GET", "/refusals");

export const runStream: typeof live.runStreamPath = "/live/runs/:run";
export const workspaceStream: typeof live.workspaceStreamPath = "/live/workspace";
