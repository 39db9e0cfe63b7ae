import { z } from "zod";

/** Any JSON value. Depth and size are limited where it enters (body cap, blob threshold), not here. */
export const Json: z.ZodType<Json> = z.json();
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
