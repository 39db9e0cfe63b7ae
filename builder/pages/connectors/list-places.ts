import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { flattenParameters, type ResponseParameter, responseParameters } from "../../../shared/connector/response-parameters.ts";
import { pathText } from "../../ui/json-rows.ts";

/** A value within the items of a list in an answer: `data[].id` is `items` "data", `within` "id". */
export type ListPlace = { id: string; items: string; within: string; label: string };

/** All values that a parameter link may take from an endpoint's answers: those in exactly one list, no containers. */
export function listPlaces(endpoint: Pick<Endpoint, "responseSchema" | "responseSample">): ListPlace[] {
  const root = responseParameters(endpoint.responseSchema, endpoint.responseSample);
  return flattenParameters(root).flatMap((parameter) => {
    const lists = parameter.path.filter((key) => typeof key === "number").length;
    return lists === 1 && isValue(parameter) ? [toPlace(parameter)] : [];
  });
}

/** The id that a place of these paths has. */
export function placeOf(items: string, within: string): string {
  return JSON.stringify([items, within]);
}

function toPlace({ path, sample }: ResponseParameter): ListPlace {
  const at = path.findIndex((key) => typeof key === "number");
  const items = pathText("", path.slice(0, at));
  const within = pathText("", path.slice(at + 1));
  const example = sample === undefined ? "" : ` · ${JSON.stringify(sample).slice(0, 40)}`;
  return { id: placeOf(items, within), items, within, label: `${items}[]${within === "" ? "" : `.${within}`}${example}` };
}

function isValue({ type }: ResponseParameter): boolean {
  return type !== "object" && type !== "array";
}
