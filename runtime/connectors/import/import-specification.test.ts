import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Json } from "../../../shared/json.ts";
import { importSpecification } from "./import-specification.ts";

type JsonObject = { [key: string]: Json };
const ok = { responses: { 200: { description: "fine" } } };

function spec(paths: JsonObject, more: JsonObject = {}): string {
  return JSON.stringify({
    openapi: "3.0.3",
    info: { title: "Test API", version: "1" },
    servers: [{ url: "https://api.example.com/v1" }],
    paths,
    ...more,
  });
}

async function imported(text: string, allowedHttpHosts: string[] = []) {
  const outcome = await importSpecification(text, allowedHttpHosts);
  if (outcome.outcome === "refused") expect.fail(outcome.message);
  return outcome;
}

async function refusal(text: string): Promise<string> {
  const outcome = await importSpecification(text, []);
  return outcome.outcome === "refused" ? outcome.message : "imported";
}

/** The one operation of a document. */
async function operation(definition: JsonObject, { path = "/things", method = "get", more = {} } = {}) {
  const { connector, report } = await imported(spec({ [path]: { [method]: { ...ok, ...definition } } }, more));
  const [line] = report.operations;
  return { endpoint: connector.endpoints[0] as Endpoint, line, notes: line?.notes.join("\n") };
}

const jsonBody = (schema: Json, more: JsonObject = {}) => ({
  requestBody: { content: { "application/json": { schema } }, ...more },
});

describe("parameters", () => {
  test("come from path, query, header and body, those of the path's own among them", async () => {
    const { connector } = await imported(
      spec(
        {
          "/pets/{petId}": {
            parameters: [{ name: "petId", in: "path", required: true, schema: { type: "integer" } }],
            post: {
              operationId: "updatePet",
              parameters: [
                { name: "dryRun", in: "query", description: "Only tries", schema: { type: "boolean", default: false } },
                { name: "X-Trace", in: "header", schema: { type: "string" }, example: "t1" },
                { $ref: "#/components/parameters/Key" },
              ],
              ...jsonBody({
                type: "object",
                required: ["name"],
                properties: {
                  name: { type: "string", maxLength: 10 },
                  tags: { type: "array", items: { $ref: "#/components/schemas/Tag" } },
                  id: { type: "integer", readOnly: true },
                },
              }),
              ...ok,
            },
          },
        },
        {
          components: {
            schemas: { Tag: { type: "string", nullable: true } },
            parameters: { Key: { name: "Idempotency-Key", in: "header", schema: { type: "string" } } },
          },
        },
      ),
    );
    expect(connector).toEqual({
      baseUrl: "https://api.example.com/v1",
      auth: { kind: "none" },
      endpoints: [
        {
          key: "update-pet",
          name: "Update pet",
          method: "POST",
          path: "/pets/{petId}",
          idempotencyHeader: "Idempotency-Key",
          parameters: [
            { key: "petId", name: "Pet id", in: "path", type: "integer", required: true },
            {
              key: "dryRun",
              name: "Dry run",
              in: "query",
              type: "boolean",
              required: false,
              description: "Only tries",
              default: false,
            },
            { key: "X-Trace", name: "X trace", in: "header", type: "string", required: false, example: "t1" },
            { key: "name", name: "Name", in: "body", type: "string", required: true, schema: { type: "string", maxLength: 10 } },
            {
              key: "tags",
              name: "Tags",
              in: "body",
              type: "array",
              required: false,
              schema: { type: "array", items: { type: ["string", "null"] } },
            },
          ],
        },
      ],
    });
  });

  test.each<[what: string, parameter: JsonObject, note: string]>([
    ["a cookie", { name: "c", in: "cookie", schema: { type: "string" } }, 'the cookie parameter "c" cannot be sent yet'],
    [
      "an object in a query",
      { name: "o", in: "query", style: "deepObject", schema: { type: "object" } },
      'the query parameter "o"',
    ],
    ["a form of its own", { name: "j", in: "query", content: { "application/json": {} } }, "a form of its own"],
  ])("with %s are left out, and the operation with them where they are required", async (_, parameter, note) => {
    const optional = await operation({ parameters: [parameter] });
    expect(optional.endpoint.parameters).toEqual([]);
    expect(optional.notes).toContain(note);
    const required = await operation({ parameters: [{ ...parameter, required: true }] });
    expect(required.line).toMatchObject({ outcome: "left-out", key: null, notes: [expect.stringContaining(note)] });
  });

  test("that the path names but another place declares are put into the path", async () => {
    const parameters = [{ name: "id", in: "query", schema: { type: "string" } }];
    const { endpoint, notes } = await operation({ parameters }, { path: "/things/{id}" });
    expect(endpoint.parameters).toMatchObject([{ key: "id", in: "path", required: true }]);
    expect(notes).toContain("put into the path");
  });

  test("whose names in a path are no words become words", async () => {
    const parameters = [{ name: "pet-id", in: "path", required: true, schema: { type: "string" } }];
    const { endpoint } = await operation({ parameters }, { path: "/pets/{pet-id}" });
    expect(endpoint).toMatchObject({ path: "/pets/{pet_id}", parameters: [{ key: "pet_id", in: "path" }] });
  });

  test("that join an array into one text ask for text", async () => {
    const schema = { type: "array", items: { type: "string" } };
    const { endpoint } = await operation({ parameters: [{ name: "ids", in: "query", explode: false, schema }] });
    expect(endpoint.parameters).toEqual([
      {
        key: "ids",
        name: "Ids",
        in: "query",
        type: "string",
        required: false,
        description: "Several values are separated by commas.",
      },
    ]);
  });
});

describe("a body", () => {
  test("of merged schemas has the fields of all", async () => {
    const base = { type: "object", required: ["a"], properties: { a: { type: "string" } } };
    const { endpoint } = await operation(
      jsonBody({ allOf: [{ $ref: "#/components/schemas/Base" }, { type: "object", properties: { b: { type: "integer" } } }] }),
      { method: "post", more: { components: { schemas: { Base: base } } } },
    );
    expect(endpoint.parameters).toMatchObject([
      { key: "a", required: true },
      { key: "b", type: "integer", required: false },
    ]);
  });

  test("of several forms has the fields of all, and requires what all require", async () => {
    const form = (key: string) => ({
      type: "object",
      required: ["kind", key],
      properties: { kind: { type: "string" }, [key]: { type: "string" } },
    });
    const { endpoint, notes } = await operation(jsonBody({ oneOf: [form("x"), form("y")] }), { method: "post" });
    expect(endpoint.parameters.map(({ key, required }) => [key, required])).toEqual([
      ["kind", true],
      ["x", false],
      ["y", false],
    ]);
    expect(notes).toContain("several forms");
  });

  test("of another type of JSON brings its type along", async () => {
    const content = { "application/vnd.api+json": { schema: { type: "object", properties: { a: { type: "string" } } } } };
    const { endpoint } = await operation({ requestBody: { content } }, { method: "patch" });
    expect(endpoint.parameters[1]).toMatchObject({ key: "Content-Type", in: "header", default: "application/vnd.api+json" });
  });

  test.each<[string, JsonObject]>([
    ["multipart/form-data", { content: { "multipart/form-data": { schema: { type: "object" } } } }],
    ['"array"', { content: { "application/json": { schema: { type: "array", items: {} } } } }],
    ["without declared fields", { content: { "application/json": { schema: { type: "object" } } } }],
  ])("that is %s is noted, and leaves the operation out where it is required", async (words, requestBody) => {
    expect((await operation({ requestBody }, { method: "post" })).line).toMatchObject({
      outcome: "imported",
      notes: [expect.stringContaining(words)],
    });
    expect((await operation({ requestBody: { ...requestBody, required: true } }, { method: "post" })).line).toMatchObject({
      outcome: "left-out",
      notes: [expect.stringContaining(words)],
    });
  });
});

describe("an answer", () => {
  const answer = (media: JsonObject) => ({
    responses: { 404: { description: "no" }, 201: { description: "made", content: { "application/json": media } } },
  });

  test("gives its schema and its example", async () => {
    const schema = { type: "object", properties: { id: { type: "integer", minimum: 0, exclusiveMinimum: true, "x-own": 1 } } };
    const { endpoint } = await operation(answer({ schema, examples: { one: { value: { id: 1 } } } }));
    expect(endpoint).toMatchObject({
      responseSchema: { type: "object", properties: { id: { type: "integer", exclusiveMinimum: 0 } } },
      responseOrigin: "declared",
      responseSample: { id: 1 },
    });
    expect(JSON.stringify(endpoint)).not.toContain("x-own");
  });

  test("that contains itself is cut where it begins again", async () => {
    const person = {
      type: "object",
      properties: { name: { type: "string" }, friends: { type: "array", items: { $ref: "#/components/schemas/Person" } } },
    };
    const { endpoint, notes } = await operation(answer({ schema: { $ref: "#/components/schemas/Person" } }), {
      more: { components: { schemas: { Person: person } } },
    });
    expect(endpoint.responseSchema).toEqual({
      type: "object",
      properties: { name: { type: "string" }, friends: { type: "array", items: {} } },
    });
    expect(notes).toContain("contains itself");
  });

  test("that grows without end stays within its budget", async () => {
    // Each schema has eight fields of the next: 8^20 places.
    const schemas = Object.fromEntries(
      Array.from({ length: 20 }, (_, level) => [
        `S${level}`,
        {
          type: "object",
          properties: Object.fromEntries(
            [..."abcdefgh"].map((key) => [key, { $ref: `#/components/schemas/S${Math.min(19, level + 1)}` }]),
          ),
        },
      ]),
    );
    const { endpoint, notes } = await operation(answer({ schema: { $ref: "#/components/schemas/S0" } }), {
      more: { components: { schemas } },
    });
    expect(JSON.stringify(endpoint).length).toBeLessThan(100_000);
    expect(endpoint.responseSchema).toMatchObject({ properties: { a: { properties: { h: { type: "object" } } } } });
    expect(notes).toContain("is large");
  });
});

describe("servers", () => {
  const get = { get: ok };
  test.each<[what: string, servers: Json, baseUrl: string, note: string]>([
    ["the first that is https", [{ url: "/v1" }, { url: "https://b.example.com/" }], "https://b.example.com", ""],
    [
      "with its variables' defaults",
      [{ url: "https://{region}.example.com/{v}", variables: { region: { default: "eu" }, v: { default: "v2" } } }],
      "https://eu.example.com/v2",
      "",
    ],
    ["none when it is relative", [{ url: "/v1" }], "", "is relative"],
    ["none when it is http", [{ url: "http://api.example.com" }], "", "must use https"],
    ["none when there is none", [], "", "names no server"],
  ])("give the base URL: %s", async (_, servers, baseUrl, note) => {
    const { report } = await imported(spec({ "/a": get }, { servers }));
    expect(report.baseUrl).toBe(baseUrl);
    expect(report.notes.join()).toContain(note);
  });

  test("over http count where the operator allows it", async () => {
    const { report } = await imported(spec({ "/a": get }, { servers: [{ url: "http://127.0.0.1:9000/api" }] }), [
      "127.0.0.1:9000",
    ]);
    expect(report.baseUrl).toBe("http://127.0.0.1:9000/api");
  });

  test("of their own leave operations on another host out, and give a path on the same one", async () => {
    const files = { ...get, servers: [{ url: "https://files.example.com" }] };
    const second = { ...get, servers: [{ url: "https://api.example.com/v2" }] };
    const { report, connector } = await imported(spec({ "/a": get, "/files": files, "/b": second }));
    expect(report.baseUrl).toBe("https://api.example.com");
    expect(connector.endpoints.map(({ path }) => path)).toEqual(["/v1/a", "/v2/b"]);
    expect(report.operations[1]).toMatchObject({ outcome: "left-out", notes: [expect.stringContaining("files.example.com")] });
  });
});

describe("authentication", () => {
  test.each<[what: string, scheme: JsonObject, auth: Json]>([
    ["bearer", { type: "http", scheme: "Bearer" }, { kind: "bearer" }],
    ["basic", { type: "http", scheme: "BASIC" }, { kind: "basic" }],
    [
      "a key in a header",
      { type: "apiKey", in: "header", name: "X-Api-Key" },
      { kind: "api-key", displayName: "API key", key: "X-Api-Key", addTo: "header" },
    ],
    [
      "a key in the query",
      { type: "apiKey", in: "query", name: "key" },
      { kind: "api-key", displayName: "API key", key: "key", addTo: "query" },
    ],
    ["nothing for a cookie", { type: "apiKey", in: "cookie", name: "sid" }, { kind: "none" }],
    ["nothing for OAuth", { type: "openIdConnect", openIdConnectUrl: "https://id.example.com" }, { kind: "none" }],
  ])("is %s", async (_, scheme, auth) => {
    const { connector, report } = await imported(
      spec({ "/a": { get: { ...ok, security: [{ main: [] }] } } }, { components: { securitySchemes: { main: scheme } } }),
    );
    expect(connector.auth).toEqual(auth);
    expect(report.notes.join().includes("not supported yet")).toBe(report.auth === "None");
  });

  test("is asked for once: its key is no parameter of operations", async () => {
    const securitySchemes = { main: { type: "apiKey", in: "header", name: "X-Api-Key" } };
    const parameters = [{ name: "x-api-key", in: "header", required: true, schema: { type: "string" } }];
    const { endpoint } = await operation({ parameters }, { more: { security: [{ main: [] }], components: { securitySchemes } } });
    expect(endpoint.parameters).toEqual([]);
  });

  test("is the document's own before that of single operations", async () => {
    const securitySchemes = { a: { type: "http", scheme: "basic" }, b: { type: "http", scheme: "bearer" } };
    const paths = { "/a": { get: { ...ok, security: [{ a: [] }] } }, "/b": { get: { ...ok, security: [{ a: [] }] } } };
    const { report } = await imported(spec(paths, { security: [{ b: [] }], components: { securitySchemes } }));
    expect(report.auth).toBe("Bearer token");
    expect(report.notes).toEqual([expect.stringContaining('"a": a connector has one')]);
  });
});

test("keys are unique slugs, whatever the ids are", async () => {
  const { connector } = await imported(
    spec({
      "/1": { get: { ...ok, operationId: "list things" } },
      "/2": { get: { ...ok, operationId: "list-things" } },
      "/3": { get: ok },
      "/4": { get: { ...ok, operationId: `données_${"x".repeat(90)}` } },
    }),
  );
  const keys = connector.endpoints.map(({ key }) => key);
  expect(keys.slice(0, 3)).toEqual(["list-things", "list-things-2", "get-3"]);
  expect(keys[3]).toMatch(/^donnees-x{55}$/);
});

test("a method that endpoints do not have is left out", async () => {
  expect((await operation({}, { method: "head" })).line).toMatchObject({ method: "HEAD", outcome: "left-out" });
});

describe("a file is refused", () => {
  const yaml = "openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {}\n";
  test.each<[what: string, text: string, words: string]>([
    ["in Swagger 2.0", '{"swagger":"2.0"}', "Only OpenAPI 3.0 and 3.1 can be read; this file says Swagger 2.0"],
    ["in OpenAPI 3.2", '{"openapi":"3.2.0"}', "Only OpenAPI 3.0 and 3.1 can be read; this file says OpenAPI 3.2.0"],
    ["that says nothing of its version", "a: 1", "this file says nothing of its version"],
    ["that is no object", "[]", "must be an object"],
    ["that is neither JSON nor YAML", '{"openapi": "3.0.0"', "neither as JSON nor as YAML"],
    [
      "that refers to another file",
      spec({ "/a": { $ref: "file:///etc/passwd" } }),
      "References to other files are not followed: #/paths/~1a/$ref",
    ],
    ["that refers to another host", spec({ "/a": { $ref: "https://elsewhere.example/a.json" } }), "not followed"],
    ["whose aliases contain themselves", `${yaml}x-a: &a\n  b: *a\n`, "nests deeper"],
    ["that nests too deep", `{"openapi":"3.0.0","x":${"[".repeat(600)}${"]".repeat(600)}}`, "nests deeper"],
    ["with a parameter that nobody declares", spec({ "/a/{id}": { get: ok } }), "#/paths/~1a~1{id}/get: the path names {id}"],
    [
      "with one operation id twice",
      spec({ "/a": { get: { ...ok, operationId: "x" }, put: { ...ok, operationId: "x" } } }),
      "operationId",
    ],
    ["without answers", spec({ "/a": { get: {} } }), "no valid OpenAPI document"],
  ])("%s", async (_, text, words) => {
    expect(await refusal(text)).toContain(words);
  });

  test("whose aliases multiply, before they are filled in", async () => {
    const floors = Array.from(
      { length: 12 },
      (_, floor) =>
        `x-${floor}: &f${floor} [${Array(9)
          .fill(floor === 0 ? "x" : `*f${floor - 1}`)
          .join(",")}]`,
    );
    expect(await refusal(`${yaml}${floors.join("\n")}\n`)).toContain("aliases");
  });
});
