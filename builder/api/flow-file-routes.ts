import type * as files from "../../shared/api/flow-files.ts";
import { at } from "./client.ts";

export const exportFlow = at<typeof files.exportFlow>("GET", "/flows/:flow/export");
export const previewFlowImport = at<typeof files.previewFlowImport>("POST", "/flow-imports/preview");
export const importFlow = at<typeof files.importFlow>("POST", "/flow-imports");
