import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Json } from "../../../shared/json.ts";
import { importFile } from "./import-file.ts";

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
  const outcome = await importFile(text, { allowedHttpHosts });
  if (outcome.outcome === "refused") expect.fail(outcome.message);
  return outcome;
}

async function refusal(text: string): Promise<string> {
  const outcome = await importFile(text, { allowedHttpHosts: [] });
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
      source: { format: "OpenAPI 3.0.3", title: "Test API", readAt: 0, extensions: [] },
      endpoints: [
        {
          key: "update-pet",
          imported: "POST /pets/{petId}",
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

  const query = { name: "q", in: "query" };
  const list = { type: "array", items: { type: "string" } };
  test.each<[what: string, parameter: JsonObject, made: JsonObject]>([
    ["a cookie", { name: "c", in: "cookie", schema: { type: "string" } }, { in: "cookie" }],
    [
      "a deep object",
      { ...query, style: "deepObject", explode: true, schema: { type: "object" } },
      { type: "object", style: "deepObject" },
    ],
    ["a list in one text", { ...query, explode: false, schema: list }, { type: "array", explode: false }],
    ["a list with spaces", { ...query, style: "spaceDelimited", schema: list }, { type: "array", style: "spaceDelimited" }],
    [
      "a list with bars",
      { ...query, style: "pipeDelimited", explode: false, schema: list },
      { type: "array", style: "pipeDelimited" },
    ],
    [
      "JSON in a query",
      { ...query, content: { "application/json": { schema: { type: "object" } } } },
      { type: "object", style: "json" },
    ],
  ])("are written as the file says: %s", async (_, parameter, made) => {
    const { endpoint } = await operation({ parameters: [parameter] });
    const { name: _name, required: _required, schema: _schema, ...rest } = endpoint.parameters[0] ?? { key: "" };
    expect(rest).toEqual({ key: parameter.name, in: "query", type: "string", ...made });
  });

  test("of a path may have a style", async () => {
    const parameters = [{ name: "ids", in: "path", required: true, style: "matrix", explode: true, schema: list }];
    const { endpoint } = await operation({ parameters }, { path: "/things{ids}" });
    expect(endpoint).toMatchObject({ path: "/things{ids}", parameters: [{ key: "ids", style: "matrix", explode: true }] });
  });

  test("with a name that another place has got a key of their own, and keep their name on the wire", async () => {
    const parameters = ["path", "query"].map((place) => ({ name: "id", in: place, required: true, schema: { type: "string" } }));
    const { endpoint, notes } = await operation(
      { parameters, ...jsonBody({ type: "object", properties: { id: { type: "integer" } } }) },
      { path: "/things/{id}", method: "put" },
    );
    expect(endpoint.parameters).toMatchObject([
      { key: "id", in: "path" },
      { key: "id_query", in: "query", wireName: "id" },
      { key: "id_body", in: "body", wireName: "id", type: "integer" },
    ]);
    expect(notes).toContain('the one in the body is called "id_body"');
  });

  test("say how they are shown, and where their values come from", async () => {
    const shown = (name: string, more: JsonObject): JsonObject => ({ name, in: "query", schema: { type: "string" }, ...more });
    const get: JsonObject = {
      ...ok,
      parameters: [
        shown("project", {
          "x-ms-summary": "The project",
          "x-ms-dynamic-list": {
            operationId: "ListProjects",
            itemsPath: "data/items",
            itemValuePath: "id",
            itemTitlePath: "name",
            parameters: { team: { parameterReference: "query/team" }, limit: { value: 50 } },
          },
        }),
        shown("team", { "x-ms-visibility": "advanced", "x-ms-dynamic-values": { operationId: "Gone", "value-path": "id" } }),
        shown("version", { "x-ms-visibility": "internal", schema: { type: "string", default: "2" } }),
        shown("must", { "x-ms-visibility": "internal", required: true }),
      ],
    };
    const projects = { ...ok, operationId: "ListProjects", parameters: [shown("team", {}), shown("limit", {})] };
    const { connector, report } = await imported(spec({ "/things": { get }, "/projects": { get: projects } }));
    expect(connector.endpoints[0]?.parameters).toMatchObject([
      {
        name: "The project",
        link: {
          kind: "dynamic",
          endpoint: "list-projects",
          items: "data.items",
          value: "id",
          label: "name",
          args: { team: { from: "team" }, limit: { value: 50 } },
        },
      },
      { advanced: true },
      { hidden: true, default: "2" },
      { required: true },
    ]);
    expect(connector.endpoints[0]?.parameters[3]).not.toHaveProperty("hidden");
    expect(report.operations[0]?.notes).toEqual([
      'the query parameter "must" is internal, and shown because it has no default',
      'the list of "team" comes from the operation "Gone", which is not imported: left out',
    ]);
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
    expect(endpoint.body).toEqual({ as: "json", contentType: "application/vnd.api+json" });
    expect(endpoint.parameters.map(({ key }) => key)).toEqual(["a"]);
  });

  test("of a form writes its fields as the file says", async () => {
    const properties = {
      name: { type: "string" },
      meta: { type: "object", properties: { a: { type: "string" } } },
      json: { type: "object" },
    };
    const media = {
      schema: { type: "object", required: ["name"], properties },
      encoding: { meta: { style: "deepObject", explode: true }, json: { contentType: "application/json" } },
    };
    const content = { "application/x-www-form-urlencoded": media };
    const { endpoint } = await operation({ requestBody: { content } }, { method: "post" });
    expect(endpoint.body).toEqual({ as: "form" });
    expect(endpoint.parameters).toMatchObject([
      { key: "name", required: true },
      { key: "meta", style: "deepObject" },
      { key: "json", style: "json" },
    ]);
  });

  test("in parts knows which of them are files", async () => {
    const file = { type: "string", format: "binary" };
    const properties = { title: { type: "string" }, file, more: { type: "array", items: file }, logo: { type: "string" } };
    const media = { schema: { type: "object", properties }, encoding: { logo: { contentType: "image/png, image/jpeg" } } };
    const { endpoint } = await operation({ requestBody: { content: { "multipart/form-data": media } } }, { method: "post" });
    expect(endpoint.body).toEqual({ as: "multipart" });
    expect(endpoint.parameters.map(({ key, type, file }) => [key, type, file ?? false])).toEqual([
      ["title", "string", false],
      ["file", "string", true],
      ["more", "array", true],
      ["logo", "string", true],
    ]);
  });

  test.each<[what: string, content: JsonObject, body: JsonObject, type: string]>([
    ["an array", { "application/json": { schema: { type: "array", items: {} } } }, { as: "value" }, "array"],
    ["an object of any fields", { "application/json": { schema: { type: "object" } } }, { as: "value" }, "object"],
    ["anything", { "application/json": {} }, { as: "value" }, "object"],
    ["a text", { "text/csv": { schema: { type: "string" } } }, { as: "raw", contentType: "text/csv" }, "string"],
    ["XML", { "application/xml": { schema: { type: "object" } } }, { as: "raw", contentType: "application/xml" }, "string"],
  ])("that is %s is one value", async (_, content, body, type) => {
    const { endpoint } = await operation({ requestBody: { content, required: true } }, { method: "post" });
    expect(endpoint).toMatchObject({ body, parameters: [{ key: "body", in: "body", type, required: true }] });
  });

  test("of a GET is left out, and the operation with it where it is required", async () => {
    const body = jsonBody({ type: "object", properties: { a: { type: "string" } } });
    const optional = await operation(body);
    expect(optional.endpoint.parameters).toEqual([]);
    expect(optional.notes).toBe("a GET has no body: left out");
    expect((await operation(jsonBody({ type: "object" }, { required: true }))).line).toMatchObject({ outcome: "left-out" });
    const deleted = await operation(body, { method: "delete" });
    expect(deleted.endpoint.parameters).toMatchObject([{ key: "a", in: "body" }]);
    expect(deleted.notes).toContain("ignore the body of a DELETE");
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
      "with variables that a connection fills in",
      [{ url: "https://{region}.example.com/{v}", variables: { region: { default: "eu" }, v: { default: "v2" } } }],
      "https://{region}.example.com/{v}",
      "",
    ],
    [
      "with the defaults of variables that stand where no value of a connection may",
      [
        {
          url: "{scheme}://{host}:{port}/{base}",
          variables: {
            scheme: { default: "https" },
            host: { default: "api.example.com" },
            port: { default: "8443" },
            base: { default: "a/b" },
          },
        },
      ],
      "https://api.example.com:8443/a/b",
      "",
    ],
    [
      "of several the first",
      [{ url: "https://a.example.com" }, { url: "https://b.example.com" }],
      "https://a.example.com",
      "also names",
    ],
    ["none when it is relative", [{ url: "/v1" }], "", "is relative"],
    ["none when it is http", [{ url: "http://api.example.com" }], "", "must use https"],
    ["none when there is none", [], "", "names no server"],
  ])("give the base URL: %s", async (_, servers, baseUrl, note) => {
    const { report } = await imported(spec({ "/a": get }, { servers }));
    expect(report.baseUrl).toBe(baseUrl);
    expect(report.notes.join()).toContain(note);
  });

  test("that are relative are read against the address of the file, where that is known", async () => {
    const location = "https://docs.example.com/files/openapi.json";
    const from = async (url: string) => {
      const outcome = await importFile(spec({ "/a": get }, { servers: [{ url }] }), { allowedHttpHosts: [], location });
      return outcome.outcome === "imported" ? outcome.report.baseUrl : outcome.message;
    };
    expect(await from("/v1")).toBe("https://docs.example.com/v1");
    expect(await from("../api/")).toBe("https://docs.example.com/api");
    expect(await from("{base}/x")).toBe("");
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
    [
      "a key in a cookie",
      { type: "apiKey", in: "cookie", name: "sid" },
      { kind: "api-key", displayName: "sid", key: "Cookie", addTo: "header", prefix: "sid=" },
    ],
  ])("is %s", async (_, scheme, auth) => {
    const { connector } = await withScheme(scheme);
    expect(connector.auth).toEqual(auth);
  });

  const withScheme = (scheme: JsonObject, required: JsonObject = { main: [] }) =>
    imported(spec({ "/a": { get: { ...ok, security: [required] } } }, { components: { securitySchemes: { main: scheme } } }));
  const urls = { authorizationUrl: "https://id.example.com/authorize", tokenUrl: "https://id.example.com/token" };

  test.each<[flow: string, grant: string]>([
    ["authorizationCode", "authorization-code"],
    ["clientCredentials", "client-credentials"],
    ["password", "password"],
  ])("is OAuth 2.0 with the flow %s, its scopes and URLs", async (flow, grant) => {
    const { authorizationUrl, tokenUrl } = urls;
    const flows = {
      [flow]: {
        tokenUrl,
        ...(flow === "authorizationCode" && { authorizationUrl }),
        refreshUrl: "https://id.example.com/refresh",
        scopes: { "pets:read": "", "pets:write": "" },
      },
    };
    const all = await withScheme({ type: "oauth2", flows });
    expect(all.connector.auth).toMatchObject({
      kind: "oauth2",
      grant,
      tokenUrl,
      refreshUrl: "https://id.example.com/refresh",
      scopes: "pets:read pets:write",
    });
    const asked = await withScheme({ type: "oauth2", flows }, { main: ["pets:read"] });
    expect(asked.connector.auth).toMatchObject({ scopes: "pets:read" });
  });

  test("has URLs that may be relative to the API's own", async () => {
    const flows = { clientCredentials: { tokenUrl: "/oauth/token", scopes: {} } };
    const { connector } = await withScheme({ type: "oauth2", flows });
    expect(connector.auth).toMatchObject({ tokenUrl: "https://api.example.com/oauth/token" });
  });

  test.each<[what: string, scheme: JsonObject, note: string]>([
    ["OpenID Connect", { type: "openIdConnect", openIdConnectUrl: "https://id.example.com" }, "https://id.example.com"],
    [
      "an implicit flow",
      { type: "oauth2", flows: { implicit: { authorizationUrl: urls.authorizationUrl, scopes: {} } } },
      "implicit",
    ],
    [
      "a token URL over http",
      { type: "oauth2", flows: { password: { tokenUrl: "http://id.example.com", scopes: {} } } },
      "must use https",
    ],
    ["digest", { type: "http", scheme: "Digest" }, "HTTP Digest is not supported"],
  ])("is none where there is %s, and the reason is said", async (_, scheme, note) => {
    const { connector, report } = await withScheme(scheme);
    expect(connector.auth).toEqual({ kind: "none" });
    expect(report.notes.join()).toContain(note);
  });

  test("is several keys where all are needed, and the first alternative where one is enough", async () => {
    const key = (name: string, place = "header") => ({ type: "apiKey", in: place, name });
    const securitySchemes = { app: key("X-App"), user: key("user_key", "query"), bearer: { type: "http", scheme: "bearer" } };
    const secured = (security: Json) => imported(spec({ "/a": { get: ok } }, { security, components: { securitySchemes } }));
    const { connector, report } = await secured([{ app: [], user: [] }]);
    expect(connector.auth).toMatchObject({
      kind: "api-key",
      displayName: "X app",
      key: "X-App",
      others: [{ displayName: "User key", key: "user_key", addTo: "query" }],
    });
    expect(report.auth).toBe("API key in the header X-App and API key in the query parameter user_key");
    expect((await secured([{ app: [], bearer: [] }, { bearer: [] }])).report).toMatchObject({ auth: "Bearer token" });
    const partly = await secured([{ app: [], bearer: [] }]);
    expect(partly.report.notes.join()).toContain('calls also need "bearer"');
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
