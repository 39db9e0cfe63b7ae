import type * as tests from "../../shared/api/flow-tests.ts";
import { at } from "./client.ts";

export const getRunTest = at<typeof tests.getRunTest>("GET", "/runs/:run/test");
