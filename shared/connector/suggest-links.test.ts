import { describe, expect, it } from "vitest";
import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";
import { suggestLinks } from "./suggest-links.ts";
import { nameOf, singular, wordsOf } from "./suggest-links-words.ts";

const parameter = (key: string, more: Partial<Parameter> = {}): Parameter => ({
  key,
  name: key,
  in: "query",
  type: "string",
  required: false,
  ...more,
});
const inPath = (key: string): Parameter => parameter(key, { in: "path", required: true });
const list = (key: string, path: string, fields: Record<string, string>, more: Partial<Endpoint> = {}): Endpoint => ({
  key,
  name: `List ${key}`,
  method: "GET",
  path,
  parameters: [],
  responseSchema: {
    type: "object",
    properties: {
      data: {
        type: "array",
        items: { type: "object", properties: Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { type }])) },
      },
    },
  },
  ...more,
});
const use = (path: string, parameters: Parameter[], more: Partial<Endpoint> = {}): Endpoint => ({
  key: "use",
  name: "Use",
  method: "GET",
  path,
  parameters,
  ...more,
});
const projects = list("projects", "/projects", { id: "integer", name: "string" });
const suggested = (endpoints: Endpoint[], endpoint: Endpoint) =>
  suggestLinks([...endpoints, endpoint], endpoint).map(({ parameter: key, link }) => [key, link.endpoint]);

describe("a suggested link", () => {
  it("names the list, the id of its items and what people see", () => {
    expect(suggestLinks([projects], use("/issues", [parameter("project_id")]))).toEqual([
      {
        parameter: "project_id",
        name: "List projects",
        link: { kind: "dynamic", endpoint: "projects", items: "data", value: "id", label: "name", args: {}, allowCustom: false },
      },
    ]);
  });

  it.each([["projectId"], ["project-id"], ["ProjectID"], ["project_uuid"], ["project"]])("is found for %s", (key) =>
    expect(suggested([projects], use("/issues", [parameter(key)]))).toEqual([[key, "projects"]]),
  );

  it.each([["projects"], ["project_name"], ["subproject_id"], ["id"], ["email"]])("is not found for %s", (key) =>
    expect(suggested([projects, list("emails", "/emails", { id: "string" })], use("/issues", [parameter(key)]))).toEqual([]),
  );

  it("is for one open value: not for lists, enumerations, hidden parameters and those that are linked", () => {
    const parameters = [
      parameter("project_id", { type: "array" }),
      parameter("project", { schema: { type: "string", enum: ["a"] } }),
      parameter("projectId", { hidden: true }),
      parameter("project_uid", { link: { kind: "static", values: [{ value: 1, label: "1" }], allowCustom: false } }),
    ];
    expect(suggested([projects], use("/issues", parameters))).toEqual([]);
  });

  it("takes the list that a path goes through, with what that list needs", () => {
    const issues = list("issues", "/projects/{project}/issues", { id: "string" }, { parameters: [inPath("project")] });
    const endpoint = use("/projects/{project}/issues/{id}", [inPath("project"), inPath("id")]);
    expect(suggestLinks([projects, issues], endpoint).map(({ parameter: key, link }) => [key, link.endpoint, link.args])).toEqual(
      [
        ["project", "projects", {}],
        ["id", "issues", { project: { from: "project" } }],
      ],
    );
  });

  it("follows a parameter that is called something else than the path before it", () => {
    const files = list("files", "/files", { id: "string" });
    const folders = list("folders", "/folders", { id: "string" });
    expect(suggested([files, folders], use("/files/{folder_id}", [inPath("folder_id")]))).toEqual([["folder_id", "folders"]]);
  });

  it("is of all there are where one is added to something, and of those that are there where it is taken away", () => {
    const tags = list("tags", "/tags", { id: "string" });
    const own = list("own-tags", "/contacts/{contact_id}/tags", { id: "string" }, { parameters: [inPath("contact_id")] });
    const at = (method: "POST" | "DELETE") =>
      suggested([tags, own], use("/contacts/{contact_id}/tags/{tag_id}", [inPath("contact_id"), inPath("tag_id")], { method }));
    expect(at("POST")).toEqual([["tag_id", "tags"]]);
    expect(at("DELETE")).toEqual([["tag_id", "own-tags"]]);
  });

  it("never takes a value of another type into a body", () => {
    expect(suggested([projects], use("/issues", [parameter("project_id", { in: "body" })], { method: "POST" }))).toEqual([]);
    const typed = parameter("project_id", { in: "body", type: "integer" });
    expect(suggested([projects], use("/issues", [typed], { method: "POST" }))).toEqual([["project_id", "projects"]]);
  });

  it("never is a list that needs what the endpoint has not, that may change something, or that is as good as another", () => {
    const needy = list("projects", "/projects", { id: "string" }, { parameters: [parameter("owner", { required: true })] });
    const written = { ...projects, method: "POST" as const };
    const endpoint = use("/issues", [parameter("project_id")]);
    expect(suggested([needy], endpoint)).toEqual([]);
    expect(suggested([written], endpoint)).toEqual([]);
    const [one, other] = [list("a", "/a/projects", { id: "string" }), list("b", "/b/projects", { id: "string" })];
    expect(suggested([one, other], endpoint)).toEqual([]);
    expect(suggested([one, other], { ...endpoint, path: "/b/issues" })).toEqual([["project_id", "b"]]);
  });

  it("is none for what creates the thing itself", () => {
    const companies = list("companies", "/companies", { id: "string", company_id: "string" });
    const create = use("/companies", [parameter("company_id", { in: "body" })], { method: "POST" });
    expect(suggested([companies], create)).toEqual([]);
    expect(suggestLinks([companies], use("/companies/{company_id}", [inPath("company_id")]))[0]?.link.value).toBe("id");
  });

  it("reads a sample where there is no schema, and lists that are the whole answer", () => {
    const whole: Endpoint = {
      key: "p",
      name: "p",
      method: "GET",
      path: "/projects",
      parameters: [],
      responseSample: [{ id: 1 }],
    };
    expect(suggestLinks([whole], use("/x", [parameter("project_id")]))[0]?.link).toMatchObject({ items: "", value: "id" });
  });
});

describe("names", () => {
  it.each<[string, string[]]>([
    ["AccountSid", ["account", "sid"]],
    ["HTTPHeader_name", ["http", "header", "name"]],
    ["content-import.sources", ["content", "import", "sources"]],
  ])("%s has its words", (name, words) => expect(wordsOf(name)).toEqual(words));

  it.each([
    ["companies", "company"],
    ["addresses", "address"],
    ["batches", "batch"],
    ["boxes", "box"],
    ["statuses", "status"],
    ["people", "person"],
    ["status", "status"],
    ["keys", "key"],
    ["address", "address"],
  ])("%s are of one %s", (many, one) => expect(singular([many])).toEqual([one]));

  it("say what they are of, and by what", () => {
    expect(nameOf("away_status_reason_id")).toEqual({ noun: ["away", "status", "reason"], by: "id" });
    expect(nameOf("Sid")).toEqual({ noun: [], by: "sid" });
  });
});
