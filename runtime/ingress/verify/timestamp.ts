import type { TimestampRule } from "../../../shared/event/signature-recipe.ts";
import { type Refused, refused } from "./delivery.ts";
import { compilePlace, type Reading, type Value } from "./reading.ts";
import type { SignedValue } from "./signed-value.ts";

// No sign, space, exponent or 0x: Number() would take them all.
const digits = /^\d{1,16}$/;
/** RFC 3339 with its zone: without one it would be read in the server's own. */
const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** The raw text of the timestamp, once it is within the tolerances. */
export type ReadTimestamp = (reading: Reading, signature: SignedValue, now: number) => Value | Refused;

/** Prepares the check of a delivery's age. What cannot be read exactly is refused, never guessed. */
export function compileTimestamp({ from, unit, tolerancePastMs, toleranceFutureMs }: TimestampRule): ReadTimestamp {
  const header = from.in === "header" ? from.name.toLowerCase() : null;
  const read =
    from.in === "signature"
      ? (_: Reading, { fields, header: at }: SignedValue) => nonEmpty(fields?.get(from.name)) ?? refused("bad_timestamp", at)
      : compilePlace(from);
  return (reading, signature, now) => {
    const value = read(reading, signature);
    if ("outcome" in value) return value;
    const at = timeOf(value.text, unit);
    const fault = header ?? (from.in === "signature" ? signature.header : null);
    if (at === null) return refused("bad_timestamp", fault);
    const age = now - at;
    if (age > tolerancePastMs) return refused("timestamp_too_old", fault);
    return -age > toleranceFutureMs ? refused("timestamp_in_future", fault) : value;
  };
}

/** Milliseconds since 1970; null when the text is no such time. */
export function timeOf(text: string, unit: TimestampRule["unit"]): number | null {
  if (unit !== "iso8601") return digits.test(text) ? Number(text) * (unit === "s" ? 1_000 : 1) : null;
  const at = iso8601.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

function nonEmpty(value: Value | undefined): Value | null {
  return value === undefined || value.text === "" ? null : value;
}
