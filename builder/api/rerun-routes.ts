import type * as rerun from "../../shared/api/rerun.ts";
import { at } from "./client.ts";

export const rerunRun = at<typeof rerun.rerunRun>("POST", "/runs/:run/rerun");
export const previewRerun = at<typeof rerun.previewRerun>("GET", "/runs/:run/rerun-preview");
export const bulkRuns = at<typeof rerun.bulkRuns>("POST", "/runs/bulk");
