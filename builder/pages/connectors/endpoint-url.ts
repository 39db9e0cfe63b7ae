import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import { pairsOf, pathText, percentEncode } from "../../../shared/connector/serialize-value.ts";

/** One part of a URL as it is shown: `open` stands for a value that is filled in later. */
export type UrlPart = { text: string; open: boolean };

/** The URL that a call of an endpoint has, joined as `buildRequest` does it: defaults in place, `{name}` for what is still to be filled in. */
export function urlParts({ path, parameters }: Pick<Endpoint, "path" | "parameters">, baseUrl: string): UrlPart[] {
  const query = parameters.filter(({ in: place }) => place === "query").flatMap(queryParts);
  const joint = path.includes("?") ? "&" : "?";
  return [
    { text: baseUrl.replace(/\/+$/, ""), open: false },
    ...pathParts(path, parameters),
    ...query.flatMap((part, index) => [{ text: index === 0 ? joint : "&", open: false }, ...part]),
  ].filter(({ text }) => text !== "");
}

function pathParts(path: string, parameters: readonly Parameter[]): UrlPart[] {
  return path.split(placeholder).map((text, index) => {
    // What the pattern has caught is at the odd places.
    if (index % 2 === 0) return { text, open: false };
    const key = text.replace(/^[:{]|\}$/g, "");
    const parameter = parameters.find((each) => each.in === "path" && each.key === key);
    const filled = parameter?.default === undefined ? null : pathText(parameter.wireName ?? key, parameter.default, parameter);
    return filled === null ? { text: `{${key}}`, open: true } : { text: filled, open: false };
  });
}

/** As in `pathParameters`. */
const placeholder = /((?<![\w}]):[A-Za-z_]\w*|\{[A-Za-z_]\w*\})/;

/** A pair for each value of its default; required ones without a default are to be filled in; others are not sent. */
function queryParts(parameter: Parameter): UrlPart[][] {
  const name = parameter.wireName ?? parameter.key;
  if (parameter.default !== undefined && parameter.default !== null)
    return pairsOf(name, parameter.default, parameter, "query").map(([key, value]) => [
      { text: `${percentEncode(key)}=${percentEncode(value)}`, open: false },
    ]);
  if (!parameter.required) return [];
  return [
    [
      { text: `${percentEncode(name)}=`, open: false },
      { text: `{${parameter.key}}`, open: true },
    ],
  ];
}
