import { AppError } from "../../../shared/app-error.ts";
import type { Place } from "../../../shared/event/place.ts";
import { type Path, parsePath, readPath } from "../../../shared/flow/expression.ts";
import { type Delivery, type Refused, refused } from "./delivery.ts";
import { valueText } from "./item-texts.ts";
import { parseJson } from "./parse-json.ts";

/** Longer values are refused unread: no provider needs them, and a flood of them must cost nothing. */
export const maxValueLength = 4_096;

const formType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** A delivery while it is read: what has to be parsed is parsed at most once, and only when something asks for it. */
export type Reading = Delivery & {
  /** The parsed JSON body; undefined when it is none. */
  json(): unknown;
  /** The fields of a form; null when the body is none. */
  form(): URLSearchParams | null;
  query(): URLSearchParams;
};

export function readingOf(delivery: Delivery): Reading {
  let json: { value: unknown } | undefined;
  let form: { value: URLSearchParams | null } | undefined;
  let query: URLSearchParams | undefined;
  return {
    method: delivery.method,
    url: delivery.url,
    headers: delivery.headers,
    body: delivery.body,
    json() {
      json ??= { value: parseJson(delivery.body) };
      return json.value;
    },
    form() {
      form ??= { value: isForm(delivery) ? parseForm(delivery.body) : null };
      return form.value;
    },
    query() {
      query ??= new URLSearchParams(queryOf(delivery.url));
      return query;
    },
  };
}

export function isForm({ headers }: Delivery): boolean {
  return formType.test(headers("content-type") ?? "");
}

/** A value where the recipe says it is. Its text stands for bytes when it is a header's (`latin1`), else for characters. */
export type Value = { text: string; latin1: boolean };
export type ReadPlace = (reading: Reading) => Value | Refused;

/**
 * Makes a reader of a place. A value that is not there, or empty, is refused, never read as "": `missing_header` or `missing_value`.
 * So are a query parameter or form field that was sent twice, and a value over 4 KB. Throws `invalid_document` for an unreadable path.
 */
export function compilePlace(place: Place): ReadPlace {
  switch (place.in) {
    case "header": {
      const name = place.name.toLowerCase();
      return (reading) => readHeader(reading, name);
    }
    case "query":
      return (reading) => only(reading.query().getAll(place.name));
    case "form":
      return (reading) => only(reading.form()?.getAll(place.name) ?? []);
    case "body": {
      const path = pathOf(place.path);
      return (reading) => bounded(textOf(reading, path));
    }
  }
}

/** A header that has to be there. */
export function readHeader(delivery: Delivery, name: string): Value | Refused {
  const text = delivery.headers(name);
  if (text === null || text === "") return refused("missing_header", name);
  return text.length > maxValueLength ? refused("header_too_long", name) : { text, latin1: true };
}

export function pathOf(path: string): Path {
  const parsed = parsePath(path);
  if (parsed === null) throw new AppError("invalid_document", `the path "${path}" cannot be read`);
  return parsed;
}

/** The text of a scalar in the body, as it was written; null when it is missing, null, a list or an object. */
export function textOf(reading: Reading, path: Path): string | null {
  const value = readPath(reading.json(), path);
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  // `1.0` and `1e3` are the same number, but not the same text: signed content is never reformatted.
  return typeof value === "number" ? valueText(reading.body, path) : null;
}

function only(values: string[]): Value | Refused {
  return values.length > 1 ? refused("duplicate_header") : bounded(values[0] ?? null);
}

function bounded(text: string | null): Value | Refused {
  if (text === null || text === "") return refused("missing_value");
  return text.length > maxValueLength ? refused("header_too_long") : { text, latin1: false };
}

function parseForm(body: Uint8Array): URLSearchParams {
  return new URLSearchParams(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
}

/** The raw query without its question mark. */
function queryOf(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start + 1);
}
