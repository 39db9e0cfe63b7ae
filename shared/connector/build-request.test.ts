import { describe, expect, test } from "vitest";
import type { Json } from "../json.ts";
import { buildRequest } from "./build-request.ts";
import { Endpoint } from "./endpoint.ts";
import { Parameter } from "./parameter.ts";

const parameter = (key: string, place: Parameter["in"], more: Partial<Parameter> = {}) =>
  Parameter.parse({ key, name: key.toUpperCase(), in: place, type: "string", ...more });

function endpoint(path: string, parameters: Parameter[], method = "POST", body?: Endpoint["body"]): Endpoint {
  return Endpoint.parse({ key: "e", name: "E", method, path, parameters, body });
}

const base = "https://api.example.com/v1/";

function build(target: Endpoint, inputs: Record<string, Json | undefined> = {}) {
  return buildRequest(target, base, inputs);
}

test("puts each input where its parameter says", () => {
  const target = endpoint("/users/:id/notes", [
    parameter("id", "path"),
    parameter("q", "query"),
    parameter("X-Trace", "header"),
    parameter("title", "body"),
    parameter("tags", "body", { type: "array" }),
  ]);
  expect(build(target, { id: "a/b", q: "x&y=1", "X-Trace": "t", title: "T", tags: ["a"] })).toEqual({
    request: {
      method: "POST",
      url: "https://api.example.com/v1/users/a%2Fb/notes?q=x%26y%3D1",
      headers: { "x-trace": "t" },
      body: { title: "T", tags: ["a"] },
    },
  });
});

describe("absent inputs", () => {
  test("are left out when they are optional", () => {
    const target = endpoint("/a", [parameter("q", "query"), parameter("b", "body"), parameter("h", "header")]);
    expect(build(target, { q: undefined, b: null })).toEqual({
      request: { method: "POST", url: "https://api.example.com/v1/a", headers: {}, body: {} },
    });
  });

  test("take their default", () => {
    const target = endpoint("/a", [parameter("n", "body", { type: "integer", default: 25 })]);
    expect(build(target)).toMatchObject({ request: { body: { n: 25 } } });
    expect(build(target, { n: 5 })).toMatchObject({ request: { body: { n: 5 } } });
  });

  test("are named when they are required, all of them", () => {
    const target = endpoint("/:id", [parameter("id", "path"), parameter("b", "body", { required: true })]);
    expect(build(target)).toEqual({
      problems: [
        { parameter: "b", message: '"B" is required' },
        { parameter: "id", message: 'the path needs a value for "id"' },
      ],
    });
  });

  test("are absent even when objects have a property of that name", () => {
    const target = endpoint("/a", [parameter("constructor", "query"), parameter("toString", "body")]);
    expect(build(target)).toMatchObject({ request: { url: "https://api.example.com/v1/a", body: {} } });
  });
});

describe("types", () => {
  test.each<[type: Parameter["type"], place: Parameter["in"], value: Json, fits: boolean]>([
    ["string", "body", "a", true],
    ["string", "body", 1, false],
    ["number", "body", 1.5, true],
    ["integer", "body", 1, true],
    ["integer", "body", 1.5, false],
    ["integer", "body", "1", false],
    ["boolean", "body", false, true],
    ["array", "body", [], true],
    ["array", "body", {}, false],
    ["object", "body", {}, true],
    ["object", "body", [], false],
    ["integer", "query", "1", true],
    ["string", "query", 1, true],
    ["boolean", "path", true, true],
    ["string", "header", {}, false],
    ["string", "query", ["a"], false],
    ["array", "query", ["a"], true],
  ])("%s in the %s takes %o: %s", (type, place, value, fits) => {
    const built = build(endpoint(place === "path" ? "/:p" : "/a", [parameter("p", place, { type })]), { p: value });
    expect("request" in built).toBe(fits);
    if (!fits) expect(built).toMatchObject({ problems: [{ parameter: "p" }] });
  });
});

test("repeats the name of an array in the query, spreads objects, and writes them as JSON where that is the style", () => {
  const target = endpoint("/a", [
    parameter("ids", "query", { type: "array" }),
    parameter("spread", "query", { type: "object" }),
    parameter("f", "query", { type: "object", style: "json" }),
  ]);
  expect(build(target, { ids: [1, "b c", true], spread: { x: 2 }, f: { a: 1 } })).toMatchObject({
    request: { url: "https://api.example.com/v1/a?ids=1&ids=b%20c&ids=true&x=2&f=%7B%22a%22%3A1%7D" },
  });
});

test("adds to the fixed query of a path", () => {
  const target = endpoint("/a?version=2", [parameter("q", "query")]);
  expect(build(target, { q: "x" })).toMatchObject({ request: { url: "https://api.example.com/v1/a?version=2&q=x" } });
});

test("sends no body with GET, and an empty object where all fields are absent", () => {
  expect(build(endpoint("/a", [parameter("b", "body")], "GET"), { b: "x" })).toMatchObject({ request: { body: null } });
  expect(build(endpoint("/a", [parameter("b", "body")], "DELETE"))).toMatchObject({ request: { body: {} } });
  expect(build(endpoint("/a", []))).toMatchObject({ request: { body: null } });
});

test("sends a field called __proto__ like any other", () => {
  const built = build(endpoint("/a", [parameter("__proto__", "body")]), JSON.parse('{"__proto__":"x"}'));
  expect(JSON.stringify("request" in built && built.request.body)).toBe('{"__proto__":"x"}');
});

test.each([
  ["CR and LF", "a\r\nx-evil: 1"],
  ["NUL", "a\0"],
  ["text beyond ASCII", "é"],
])("F15: refuses %s in a header", (_, value) => {
  expect(build(endpoint("/a", [parameter("x-a", "header")]), { "x-a": value })).toMatchObject({
    problems: [{ parameter: "x-a", message: expect.stringContaining("no header may hold") }],
  });
});

test.each([
  ["../admin", "https://api.example.com/v1/users/..%2Fadmin"],
  ["a?b#c", "https://api.example.com/v1/users/a%3Fb%23c"],
  ["@evil.example", "https://api.example.com/v1/users/%40evil.example"],
  ["\ud800", "https://api.example.com/v1/users/%EF%BF%BD"],
])("F15: keeps %o inside its segment", (id, url) => {
  expect(build(endpoint("/users/:id", [parameter("id", "path")]), { id })).toMatchObject({ request: { url } });
});

describe("bodies", () => {
  const fields = [
    parameter("name", "body"),
    parameter("tags", "body", { type: "array" }),
    parameter("filter", "body", { type: "object", style: "deepObject" }),
  ];
  const inputs = { name: "a b&c", tags: ["x", "y"], filter: { a: { b: 1 } } };

  test("as a form, with the styles of their fields", () => {
    expect(build(endpoint("/a", fields, "POST", { as: "form" }), inputs)).toMatchObject({
      request: { body: "name=a+b%26c&tags=x&tags=y&filter%5Ba%5D%5Bb%5D=1", encoding: "form" },
    });
  });

  test("in several parts, lists repeated, objects as JSON, files as files", () => {
    const file = parameter("file", "body", { file: true });
    const logo = { name: "logo.png", type: "image/png", base64: "iVBORw0K" };
    const parts = [...fields, file, parameter("logo", "body", { file: true })];
    expect(build(endpoint("/a", parts, "POST", { as: "multipart" }), { ...inputs, file: "é", logo })).toMatchObject({
      request: {
        encoding: "multipart",
        body: [
          { name: "name", value: "a b&c" },
          { name: "tags", value: "x" },
          { name: "tags", value: "y" },
          { name: "filter", value: '{"a":{"b":1}}', type: "application/json" },
          { name: "file", file: { name: "file", type: "text/plain", text: "é" } },
          { name: "logo", file: logo },
        ],
      },
    });
    expect(build(endpoint("/a", parts, "POST", { as: "multipart" }), { logo: { base64: "?" } })).toMatchObject({
      problems: [{ parameter: "logo", message: expect.stringContaining("a file") }],
    });
  });

  test("as one whole value, or as the text itself", () => {
    const whole = [parameter("body", "body", { type: "array" })];
    const list = build(endpoint("/a", whole, "POST", { as: "value" }), { body: [1, { a: 2 }] });
    expect(list).toMatchObject({ request: { body: [1, { a: 2 }] } });
    expect(list).not.toHaveProperty("request.encoding");
    expect(build(endpoint("/a", [parameter("body", "body")], "PUT", { as: "raw" }), { body: "a,b" })).toMatchObject({
      request: { body: "a,b", encoding: "raw" },
    });
    expect(build(endpoint("/a", whole, "POST", { as: "value" }))).toMatchObject({ request: { body: null } });
  });
});

describe("a body's own content type", () => {
  const parts = [parameter("body", "body")];
  const csv: Endpoint["body"] = { as: "raw", contentType: "text/csv" };

  test("is sent with it, and not without a body", () => {
    expect(build(endpoint("/a", parts, "POST", csv), { body: "a,b" })).toMatchObject({
      request: { headers: { "content-type": "text/csv" } },
    });
    expect(build(endpoint("/a", parts, "POST", csv))).toMatchObject({ request: { headers: {} } });
  });

  test("gives way to a header parameter, and to the boundary of parts", () => {
    const header = parameter("Content-Type", "header", { default: "text/plain" });
    expect(build(endpoint("/a", [...parts, header], "POST", csv), { body: "a" })).toMatchObject({
      request: { headers: { "content-type": "text/plain" } },
    });
    const multipart = endpoint("/a", parts, "POST", { as: "multipart", contentType: "multipart/form-data" });
    expect(build(multipart, { body: "a" })).toMatchObject({ request: { headers: {} } });
  });
});

test("two parameters of one name have a key each, and the same name on the wire", () => {
  const target = endpoint("/users/{id}", [parameter("id", "path"), parameter("id_body", "body", { wireName: "id" })]);
  expect(build(target, { id: "1", id_body: "2" })).toMatchObject({
    request: { url: "https://api.example.com/v1/users/1", body: { id: "2" } },
  });
});

test("cookies stand in one header, encoded", () => {
  const target = endpoint("/a", [parameter("session", "cookie"), parameter("b", "cookie")]);
  expect(build(target, { session: "a;b", b: "c d" })).toMatchObject({
    request: { headers: { cookie: "session=a%3Bb; b=c%20d" } },
  });
});
