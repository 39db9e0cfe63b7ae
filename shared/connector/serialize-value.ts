import type { Json } from "../json.ts";
import type { Parameter, ParameterStyle } from "./parameter.ts";

type Style = Pick<Parameter, "style" | "explode">;

/** A value as text: what it is when it is a text, else its JSON. */
export function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A lone surrogate has no UTF-8 form; encodeURIComponent would throw on it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/**
 * Names and values of a parameter in a query, a cookie or a form body, not encoded (OpenAPI 3.1, 4.8.12.2: form, spaceDelimited,
 * pipeDelimited, deepObject). Without a style arrays repeat their name; objects are spread in a query, and are JSON in a form.
 */
export function pairsOf(name: string, value: Json, { style, explode }: Style, place: "query" | "form"): [string, string][] {
  if (typeof value !== "object" || value === null || style === "json") return [[name, textOf(value)]];
  if (style === "deepObject") return deepPairs(name, value);
  const separator = separators[style ?? "form"] ?? ",";
  const exploded = explode ?? (style === undefined || style === "form");
  if (Array.isArray(value))
    return exploded ? value.map((item) => [name, textOf(item)]) : [[name, value.map(textOf).join(separator)]];
  if (style === undefined && place === "form") return [[name, JSON.stringify(value)]];
  const entries = entriesOf(value);
  return exploded ? entries : [[name, entries.flat().join(separator)]];
}

const separators: Partial<Record<ParameterStyle, string>> = { form: ",", spaceDelimited: " ", pipeDelimited: "|" };

/** `filter[created][gte]=1`, lists by index, as Stripe and PHP read them. */
function deepPairs(name: string, value: Json): [string, string][] {
  if (typeof value !== "object" || value === null) return [[name, textOf(value)]];
  return Object.entries(value).flatMap(([key, inner]) => deepPairs(`${name}[${key}]`, inner));
}

/**
 * A value inside a path, percent-encoded so that it stays within its segment: simple (`a,b`), label (`.a.b`) or matrix
 * (`;name=a,b`); null when nothing is left that could stand there.
 */
export function pathText(name: string, value: Json, { style = "simple", explode = false }: Style): string | null {
  const written = writtenInPath(name, value, { style, explode });
  // RFC 3986, 3.3: "." and ".." as whole segments would be resolved away.
  return written === "" || written === "." || written === ".." ? null : written;
}

function writtenInPath(name: string, value: Json, { style, explode }: Required<Style>): string {
  if (typeof value !== "object" || value === null || style === "json") {
    const text = percentEncode(textOf(value));
    if (text === "") return "";
    return style === "label" ? `.${text}` : style === "matrix" ? `;${percentEncode(name)}=${text}` : text;
  }
  const list = Array.isArray(value);
  const parts = list ? value.map((item) => percentEncode(textOf(item))) : objectParts(value, explode);
  if (parts.length === 0) return "";
  if (style === "label") return `.${parts.join(explode ? "." : ",")}`;
  if (style !== "matrix") return parts.join(",");
  if (!explode) return `;${percentEncode(name)}=${parts.join(",")}`;
  return parts.map((part) => (list ? `;${percentEncode(name)}=${part}` : `;${part}`)).join("");
}

function objectParts(value: { [key: string]: Json }, explode: boolean): string[] {
  const entries = entriesOf(value).map(([key, text]): [string, string] => [percentEncode(key), percentEncode(text)]);
  return explode ? entries.map(([key, text]) => `${key}=${text}`) : entries.flat();
}

/** A value in a header (style simple): lists and objects with commas, as OpenAPI has it; not encoded. */
export function headerText(value: Json, { style, explode = false }: Style): string {
  if (typeof value !== "object" || value === null || style === "json") return textOf(value);
  if (Array.isArray(value)) return value.map(textOf).join(",");
  const entries = entriesOf(value);
  return (explode ? entries.map(([key, text]) => `${key}=${text}`) : entries.flat()).join(",");
}

function entriesOf(value: { [key: string]: Json }): [string, string][] {
  return Object.entries(value).map(([key, inner]) => [key, textOf(inner)]);
}
