import type { Parameter, ParameterPlace, ParameterStyle } from "../../../shared/connector/parameter.ts";
import { headerText, pairsOf, pathText, percentEncode } from "../../../shared/connector/serialize-value.ts";
import type { Json } from "../../../shared/json.ts";
import type { BodyKind } from "./body-kind.ts";

const styles: Record<Exclude<ParameterPlace, "body">, ParameterStyle[]> = {
  path: ["simple", "label", "matrix", "json"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject", "json"],
  header: ["simple", "json"],
  cookie: ["form", "json"],
};

/** The styles that a parameter's place allows (OpenAPI 3.1, 4.8.12.2); none in a body that is no form. */
export function stylesFor(parameter: Pick<Parameter, "in" | "type">, body: BodyKind): ParameterStyle[] {
  const isList = parameter.type === "array";
  if (!isList && parameter.type !== "object") return [];
  const place = parameter.in === "body" ? (body === "form" ? "query" : null) : parameter.in;
  if (place === null) return [];
  return styles[place].filter((style) => !(isList && style === "deepObject"));
}

/** Whether a style can be written with each value apart; deepObject always is, JSON never. */
export function canExplode(style: ParameterStyle): boolean {
  return style === "form" || style === "simple" || style === "label" || style === "matrix";
}

/** What is sent for a short list or object, as it stands in the request. */
export function sentExample(parameter: Parameter): string {
  const name = parameter.wireName ?? (parameter.key === "" ? "name" : parameter.key);
  const value: Json = parameter.type === "array" ? ["a", "b"] : { from: "1", to: "2" };
  switch (parameter.in) {
    case "path":
      return pathText(name, value, parameter) ?? "";
    case "header":
      return `${name}: ${headerText(value, parameter)}`;
    case "query":
    case "cookie":
      return written(pairsOf(name, value, parameter, "query"), parameter.in === "cookie" ? "; " : "&");
    case "body":
      return written(pairsOf(name, value, parameter, "form"), "&");
  }
}

/** Brackets, commas and quotes are left as they are, to be read. */
function written(pairs: [string, string][], separator: string): string {
  return pairs.map(([name, value]) => `${readable(name)}=${readable(value)}`).join(separator);
}

function readable(text: string): string {
  return percentEncode(text).replace(/%(5B|5D|2C|7B|7D|22|3A|7C)/g, (code) => decodeURIComponent(code));
}
