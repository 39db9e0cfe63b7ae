import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Pagination } from "../../../shared/connector/pagination.ts";
import { flattenParameters, responseParameters } from "../../../shared/connector/response-parameters.ts";
import { pathText } from "../../ui/json-rows.ts";

type Answers = Pick<Endpoint, "responseSchema" | "responseSample">;

/** Where an answer has lists that are not in lists themselves; "" is the whole answer. */
export function listPaths({ responseSchema, responseSample }: Answers): string[] {
  const root = responseParameters(responseSchema, responseSample);
  return [root, ...flattenParameters(root)].flatMap(({ type, path }) =>
    type === "array" && !path.some((key) => typeof key === "number") ? [pathText("", path)] : [],
  );
}

/** Where an answer has values outside of lists: the cursor of the next page is one of them. */
export function cursorPaths({ responseSchema, responseSample }: Answers): string[] {
  return flattenParameters(responseParameters(responseSchema, responseSample)).flatMap(({ type, path }) =>
    type !== "array" && type !== "object" && !path.some((key) => typeof key === "number") ? [pathText("", path)] : [],
  );
}

/** A recipe to begin with, from the names of parameters and fields; what cannot be guessed is left to be chosen. */
export function newPagination(kind: Pagination["kind"], endpoint: Endpoint): Pagination {
  const items = listPaths(endpoint)[0] ?? "";
  const named = (pattern: RegExp) => endpoint.parameters.find(({ key, in: place }) => place !== "path" && pattern.test(key))?.key;
  const size = named(/^(limit|count|size|rpp|per_?page|page_?size|max_?results)$/i);
  const sized = size === undefined ? {} : { sizeParameter: size, size: 100 };
  switch (kind) {
    case "cursor":
      return {
        kind,
        items,
        parameter: named(/cursor|token|after/i) ?? "",
        next: cursorPaths(endpoint).find((path) => /next|cursor|token/i.test(path)) ?? "",
      };
    case "offset":
      return { kind, items, parameter: named(/offset|skip|start/i) ?? "", ...sized };
    case "page":
      return { kind, items, parameter: named(/^(page|page_?(number|no|index)?)$/i) ?? "", first: 1, ...sized };
    case "link":
      return { kind, items };
  }
}

/** What a recipe still misses, in a sentence; null when it can be saved. */
export function paginationProblem(
  pagination: Pagination | undefined,
  { parameters }: Pick<Endpoint, "parameters">,
): string | null {
  if (!pagination || pagination.kind === "link") return null;
  const known = (key: string | undefined) => parameters.some((parameter) => parameter.key === key);
  if (pagination.parameter === "") return "Pagination: choose the parameter that asks for a page.";
  if (!known(pagination.parameter)) return `Pagination: there is no parameter “${pagination.parameter}” any more.`;
  if (pagination.kind === "cursor") return pagination.next === "" ? "Pagination: choose where the next cursor is." : null;
  if (pagination.sizeParameter !== undefined && !known(pagination.sizeParameter))
    return `Pagination: there is no parameter “${pagination.sizeParameter}” any more.`;
  return pagination.sizeParameter !== undefined && pagination.size === undefined
    ? "Pagination: enter how many items a page has."
    : null;
}
