import type * as triggers from "../../shared/api/triggers.ts";
import { at } from "./client.ts";

export const nextFirings = at<typeof triggers.nextFirings>("GET", "/triggers/next-firings");
export const listTimers = at<typeof triggers.listTimers>("GET", "/flows/:flow/timers");
export const lookNow = at<typeof triggers.lookNow>("POST", "/flows/:flow/timers/:node/look");
