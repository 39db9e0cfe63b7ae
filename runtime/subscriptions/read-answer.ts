import type { RestHook } from "../../shared/connector/incoming-webhook.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";

type Answer = { headers: Record<string, string>; body: Json };
export type Subscribed = { remoteId: string | null; secret: string | null; expiresAt: number | null };

/** What a provider's answer to a subscribe call says: its id from the body, else from `Location` (RFC 9110, 10.2.2). */
export function readSubscribed({ subscribe }: RestHook, answer: Answer): Subscribed {
  return {
    remoteId: idIn(valueAt(answer.body, subscribe.idPath)) ?? lastSegment(answer.headers.location),
    secret: textIn(valueAt(answer.body, subscribe.secretPath)),
    expiresAt: timeIn(valueAt(answer.body, subscribe.expiresPath)),
  };
}

/** Ids of the listed subscriptions whose URL is `url`; null when the answer has no list where it should be. */
export function readListed(list: NonNullable<RestHook["list"]>, body: Json, url: string): string[] | null {
  const items = list.itemsPath === "" ? body : valueAt(body, list.itemsPath);
  if (!Array.isArray(items)) return null;
  return items.flatMap((item) => (valueAt(item, list.urlPath) === url ? (idIn(valueAt(item, list.idPath)) ?? []) : []));
}

/** The year 9999: what lasts longer lasts for ever. */
const latest = 253_402_300_799_999;

/** ISO 8601, or seconds or milliseconds since 1970, told apart by their size; null for anything else. */
export function timeIn(value: unknown): number | null {
  if (typeof value === "number" && Number.isFinite(value) && value > 0)
    return Math.min(latest, Math.round(value < 100_000_000_000 ? value * 1_000 : value));
  if (typeof value !== "string" || value === "") return null;
  if (/^\d{1,16}$/.test(value)) return timeIn(Number(value));
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : Math.min(latest, time);
}

/** The value at a path of an answer. */
export function valueAt(root: Json, path: string | undefined): Json | undefined {
  const parsed = path === undefined ? null : parsePath(path);
  return parsed === null ? undefined : (readPath(root, parsed) as Json | undefined);
}

/** An id that can be kept and sent back as it is: no control characters, no half of a surrogate pair. */
function idIn(value: unknown): string | null {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && /^[^\p{Cc}\p{Cs}]{1,500}$/u.test(value) ? value : null;
}

function textIn(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

function lastSegment(location: string | undefined): string | null {
  if (location === undefined) return null;
  const path = location.split(/[?#]/, 1)[0] ?? "";
  const segment = path.split("/").findLast((part) => part !== "");
  try {
    return segment === undefined ? null : idIn(decodeURIComponent(segment));
  } catch {
    return null;
  }
}
