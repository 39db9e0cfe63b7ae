import type { Condition } from "../../../shared/flow/condition.ts";
import type { Json } from "../../../shared/json.ts";
import { type CompiledValue, compileValue } from "../../expressions/resolve-template.ts";

/** What a person sees of a rule: both sides as they were, and whether it held. */
export type JudgedCondition = { left: Json; operator: Condition["operator"]; right: Json; holds: boolean };
export type Judgement = { matched: boolean; conditions: JudgedCondition[] };

/** `compiled` gives both sides of all conditions in a row; where nothing was found stands null, which every operator takes alike. */
export type CompiledConditions = { compiled: CompiledValue; judge(sides: Json | undefined): Judgement };

/** Compiles a list of conditions, to be judged for each run: all of them hold, or any. */
export function compileConditions(conditions: Condition[], match: "all" | "any"): CompiledConditions {
  return {
    compiled: compileValue(conditions.flatMap(({ left, right }) => [left, right ?? null])),
    judge(sides) {
      const values = Array.isArray(sides) ? sides : [];
      const judged = conditions.map(({ operator }, index) => {
        const [left = null, right = null] = values.slice(index * 2, index * 2 + 2);
        return { left, operator, right, holds: holds(left, operator, right) };
      });
      const matched = match === "all" ? judged.every((each) => each.holds) : judged.some((each) => each.holds);
      return { matched, conditions: judged };
    },
  };
}

/** Numbers compare as numbers when both sides are, or read as, numbers; everything else compares as JSON text. */
export function holds(left: Json | undefined, operator: Condition["operator"], right: Json | undefined): boolean {
  switch (operator) {
    case "exists":
      return left !== undefined && left !== null;
    case "is-empty":
      return isEmpty(left);
    case "is-not-empty":
      return !isEmpty(left);
    case "equals":
      return same(left, right);
    case "not-equals":
      return !same(left, right);
    case "contains":
      return contains(left, right);
    case "greater-than":
      return compare(left, right, (a, b) => a > b);
    case "at-least":
      return compare(left, right, (a, b) => a >= b);
    case "less-than":
      return compare(left, right, (a, b) => a < b);
    case "at-most":
      return compare(left, right, (a, b) => a <= b);
  }
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function same(left: Json | undefined, right: Json | undefined): boolean {
  if (typeof left === "object" || typeof right === "object")
    return JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
  return left === right || (left !== undefined && right !== undefined && String(left) === String(right));
}

function contains(left: Json | undefined, right: Json | undefined): boolean {
  if (Array.isArray(left)) return left.some((item) => same(item, right));
  return typeof left === "string" && right !== undefined && right !== null && left.includes(String(right));
}

function compare(
  left: Json | undefined,
  right: Json | undefined,
  test: (a: number | string, b: number | string) => boolean,
): boolean {
  if (left === undefined || left === null || right === undefined || right === null) return false;
  const [a, b] = [asNumber(left), asNumber(right)];
  return a !== null && b !== null ? test(a, b) : test(String(left), String(right));
}

function asNumber(value: Json): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : null;
}
