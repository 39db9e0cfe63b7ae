import type * as code from "../../shared/api/code.ts";
import { at } from "./client.ts";

export const tryCode = at<typeof code.tryCode>("POST", "/code/trials");
