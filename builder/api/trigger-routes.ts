import type * as events from "../../shared/api/events.ts";
import type * as flows from "../../shared/api/flows.ts";
import type * as subscriptions from "../../shared/api/subscriptions.ts";
import type * as triggers from "../../shared/api/triggers.ts";
import type * as webhooks from "../../shared/api/webhooks.ts";
import { at } from "./client.ts";

export const nextFirings = at<typeof triggers.nextFirings>("GET", "/triggers/next-firings");
export const listTimers = at<typeof triggers.listTimers>("GET", "/flows/:flow/timers");
export const lookNow = at<typeof triggers.lookNow>("POST", "/flows/:flow/timers/:node/look");

export const getRefusal = at<typeof events.getRefusal>("GET", "/refusals/:refusal");
export const detectRefusal = at<typeof webhooks.detectRefusal>("POST", "/refusals/:refusal/detect");
export const detectSignature = at<typeof webhooks.detectSignature>("POST", "/webhooks/detect");

export const getHook = at<typeof subscriptions.getHook>("GET", "/hooks/:hook");
export const retrySubscription = at<typeof subscriptions.retrySubscription>("POST", "/hooks/:hook/retry");
export const makeSheet = at<typeof subscriptions.makeSheet>("POST", "/hooks/:hook/sheet");
export const revokeSheet = at<typeof subscriptions.revokeSheet>("DELETE", "/hooks/:hook/sheet");
export const probeHook = at<typeof subscriptions.probeHook>("POST", "/hooks/:hook/probe");
export const getSheet = at<typeof subscriptions.getSheet>("GET", "/sheets/:token");

export const pauseFlow = at<typeof flows.pauseFlow>("POST", "/flows/:flow/pause");
export const resumeFlow = at<typeof flows.resumeFlow>("POST", "/flows/:flow/resume");
export const unpublishFlow = at<typeof flows.unpublishFlow>("POST", "/flows/:flow/unpublish");

export const getWebhookStandings = at<typeof webhooks.getWebhookStandings>("GET", "/connectors/:key/webhooks");
export const setWebhookSecret = at<typeof webhooks.setWebhookSecret>("PUT", "/connectors/:key/webhooks/:webhook/secret");
export const vouchForConnector = at<typeof webhooks.vouchForConnector>("PUT", "/connectors/:key/vouched");
export const makeGlobalHook = at<typeof webhooks.makeGlobalHook>("POST", "/connectors/:key/webhooks/:webhook/global");
export const testTrigger = at<typeof triggers.testTrigger>("POST", "/connectors/:connector/triggers/:trigger/test");

export const replayEvent = at<typeof events.replayEvent>("POST", "/events/:event/replay");
export const replayEvents = at<typeof events.replayEvents>("POST", "/events/replay");
