import { describe, expect, it } from "vitest";
import { Action } from "../../../shared/connector/action.ts";
import { Endpoint } from "../../../shared/connector/endpoint.ts";
import { actionOf, bodyParameters, bodyText, draftOf, namedCall, newActionDraft } from "./action-draft.ts";

const parameter = (key: string, more: object = {}) => ({ key, name: key, in: "query", type: "string", required: false, ...more });
const search = Endpoint.parse({
  key: "search",
  name: "Search",
  method: "GET",
  path: "/search",
  parameters: [parameter("q"), parameter("size", { type: "integer" }), parameter("debug", { hidden: true })],
});

describe("a JSON body", () => {
  it("has a parameter for each {name}, and a default for everything else", () => {
    expect(bodyParameters({ email: "{email}", firstName: "{name}", size: 25, tags: ["a"], note: null })).toEqual([
      { key: "email", name: "email", in: "body", type: "string", required: true },
      { key: "name", name: "name", in: "body", type: "string", required: true, wireName: "firstName" },
      { key: "size", name: "size", in: "body", type: "integer", required: false, default: 25 },
      { key: "tags", name: "tags", in: "body", type: "array", required: false, default: ["a"] },
      { key: "note", name: "note", in: "body", type: "string", required: false },
    ]);
    expect(bodyParameters([1])).toBeNull();
  });

  it("is written again as it was", () => {
    const body = { email: "{email}", firstName: "{name}", size: 25 };
    expect(JSON.parse(bodyText(bodyParameters(body) ?? []))).toEqual(body);
    expect(bodyText([])).toBe("");
  });
});

describe("an action", () => {
  const draft = {
    ...newActionDraft(),
    name: " Find contacts ",
    endpoint: search,
    saved: "search",
    uses: { size: { use: "fixed", value: 5 } as const },
    sample: { data: [{ id: 7, name: "a" }] },
    output: [{ name: "first", path: "data[0].id" }],
  };

  it("offers what nobody fixed or hid, and describes what it gives", () => {
    expect(actionOf(draft, "find-contacts")).toEqual({
      key: "find-contacts",
      name: "Find contacts",
      description: "",
      category: "retrieve",
      endpoint: "search",
      inputs: [{ parameter: "q" }],
      fixed: { size: 5 },
      output: [{ name: "first", path: "data[0].id" }],
      outputSchema: { type: "object", properties: { first: { type: "integer" } }, required: ["first"] },
      outputSample: { first: 7 },
    });
  });

  it("is read back into the wizard", () => {
    const action = Action.parse(actionOf(draft, "find"));
    const again = draftOf(action, [search]);
    expect(again && actionOf({ ...again, sample: draft.sample }, "find")).toEqual(action);
    expect(draftOf(action, [])).toBeNull();
  });

  it("names a new call after itself", () => {
    const call = namedCall({ ...newActionDraft(), name: "Search", endpoint: { ...search, path: "/people/{id}" } }, ["search"]);
    expect(call).toMatchObject({ key: "search-2", name: "Search", path: "/people/{id}" });
    expect(call.parameters.at(-1)).toMatchObject({ key: "id", in: "path", required: true });
  });
});
