import { z } from "zod";
import { Json } from "../json.ts";

export const ConditionOperator = z.enum([
  "equals",
  "not-equals",
  "greater-than",
  "at-least",
  "less-than",
  "at-most",
  "contains",
  "exists",
  "is-empty",
  "is-not-empty",
]);
export type ConditionOperator = z.infer<typeof ConditionOperator>;

export const Condition = z.object({ left: Json, operator: ConditionOperator, right: Json.optional() });
export type Condition = z.infer<typeof Condition>;

/** Conditions, all or one of which must hold. */
export const rule = {
  match: z.enum(["all", "any"]).default("all"),
  conditions: z.array(Condition).min(1).max(50),
};
