import { describe, expect, it } from "vitest";
import { linkProblem } from "./check-links.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";
import type { DynamicLink } from "./parameter-link.ts";

const parameter = (key: string, link?: DynamicLink): Parameter => ({
  key,
  name: key,
  in: "query",
  type: "string",
  required: false,
  ...(link && { link }),
});
const link = (more: Partial<DynamicLink> = {}): DynamicLink => ({
  kind: "dynamic",
  endpoint: "projects",
  items: "data",
  value: "id",
  args: {},
  allowCustom: false,
  ...more,
});
const endpoint = (key: string, parameters: Parameter[], more: Partial<Endpoint> = {}): Endpoint => ({
  key,
  name: key,
  method: "GET",
  path: `/${key}`,
  parameters,
  ...more,
});
const problemOf = (more: Partial<DynamicLink>) =>
  linkProblem({
    endpoints: [
      endpoint("projects", [parameter("q"), parameter("workspace")]),
      endpoint("project", [parameter("id")]),
      endpoint("remove", [parameter("id")], { method: "DELETE" }),
      endpoint("issue", [parameter("workspace"), parameter("project", link(more))], { method: "POST" }),
    ],
  });

describe("the links of a connector", () => {
  it("are in order with everything that a link can say", () => {
    expect(
      problemOf({
        label: "{name} ({key})",
        description: "owner.name",
        disabledWhen: "archived",
        search: "q",
        searchMinimum: 2,
        maxPages: 10,
        resolve: { endpoint: "project", argument: "id", item: "data" },
        keepSeconds: 0,
        validateAtRun: "off",
        args: { workspace: { from: "workspace" } },
      }),
    ).toBeNull();
  });

  it.each<[field: string, more: Partial<DynamicLink>, words: string]>([
    ["endpoint", { endpoint: "none" }, 'there is no endpoint "none"'],
    ["endpoint", { endpoint: "remove" }, "may change something"],
    ["items", { items: "the list" }, "is not a path"],
    ["label", { label: "{name" }, "neither a path nor a text with paths in braces"],
    ["description", { description: "of {}" }, "neither a path nor a text with paths in braces"],
    ["disabledWhen", { disabledWhen: "{archived}" }, "is not a path"],
    ["search", { search: "query" }, 'has no parameter "query"'],
    ["searchMinimum", { searchMinimum: 2 }, "no search parameter takes it"],
    ["resolve.endpoint", { resolve: { endpoint: "none", argument: "id", item: "" } }, 'there is no endpoint "none"'],
    ["resolve.endpoint", { resolve: { endpoint: "remove", argument: "id", item: "" } }, "may change something"],
    ["resolve.argument", { resolve: { endpoint: "project", argument: "key", item: "" } }, 'has no parameter "key"'],
    ["resolve.item", { resolve: { endpoint: "project", argument: "id", item: "{data}" } }, "is not a path"],
    ["args.other", { args: { other: { value: 1 } } }, 'has no parameter "other"'],
    ["args.workspace", { args: { workspace: { from: "nowhere" } } }, 'has no parameter "nowhere"'],
    ["args", { args: { workspace: { from: "project" } } }, "needs its own value"],
  ])("have a problem at %s: %o", (field, more, words) => {
    const problem = problemOf(more);
    expect(problem).toMatchObject({ endpoint: "issue", field: `parameters.1.link.${field}` });
    expect(problem?.message).toContain(words);
  });

  it("never wait for each other in a circle", () => {
    const of = (from: string) => link({ args: { workspace: { from } } });
    const problem = linkProblem({
      endpoints: [
        endpoint("projects", [parameter("workspace")]),
        endpoint("issue", [parameter("a", of("b")), parameter("b", of("c")), parameter("c", of("a"))]),
      ],
    });
    expect(problem?.message).toContain('the link of "a" needs its own value, by way of b, c, a');
  });
});
