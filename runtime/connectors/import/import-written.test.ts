import { describe, expect, test } from "vitest";
import { importFile } from "./import-file.ts";

async function imported(text: string) {
  const outcome = await importFile(text, { allowedHttpHosts: [] });
  if (outcome.outcome === "refused") expect.fail(outcome.message);
  return outcome;
}
const refusal = async (text: string) => {
  const outcome = await importFile(text, { allowedHttpHosts: [] });
  return outcome.outcome === "refused" ? outcome.message : "imported";
};

describe("a cURL command", () => {
  const one = async (text: string) => {
    const { connector, report } = await imported(text);
    return { ...connector, endpoint: connector.endpoints[0], line: report.operations[0], report };
  };

  test("becomes an endpoint with its query, headers and JSON body", async () => {
    const found = await one(`curl -X POST 'https://api.example.com/v1/things?limit=10&q=a%20b' \\
      -H 'X-Version: 2' -H "Content-Type: application/json" \\
      --data-raw '{"name": "It'\\''s", "tags": ["a"], "count": 3}'`);
    expect(found.baseUrl).toBe("https://api.example.com");
    expect(found.endpoint).toMatchObject({
      key: "post-v1-things",
      method: "POST",
      path: "/v1/things",
      imported: "POST /v1/things",
      parameters: [
        { key: "limit", in: "query", default: "10" },
        { key: "q", in: "query", default: "a b" },
        { key: "X-Version", in: "header", example: "2" },
        { key: "name", in: "body", type: "string", example: "It's" },
        { key: "tags", in: "body", type: "array", example: ["a"] },
        { key: "count", in: "body", type: "integer", example: 3 },
      ],
    });
    expect(found.report).toMatchObject({ openapi: "cURL command", title: "api.example.com", auth: "None" });
  });

  test.each<[what: string, text: string, endpoint: object]>([
    [
      "a form",
      `curl https://a.example.com/f -d a=1 --data-urlencode 'b=x y&z'`,
      {
        method: "POST",
        body: { as: "form" },
        parameters: [
          { key: "a", example: "1" },
          { key: "b", example: "x y&z" },
        ],
      },
    ],
    [
      "parts and a file",
      `curl https://a.example.com/f -F title=Hi -F 'file=@picture.png;type=image/png'`,
      { body: { as: "multipart" }, parameters: [{ key: "title" }, { key: "file", file: true }] },
    ],
    [
      "data in the query",
      `curl -G https://a.example.com/f -d a=1`,
      { method: "GET", parameters: [{ key: "a", in: "query", default: "1" }] },
    ],
    [
      "a text",
      `curl https://a.example.com/f -H 'Content-Type: text/csv' -d 'a,b'`,
      { body: { as: "raw", contentType: "text/csv" }, parameters: [{ key: "body", example: "a,b" }] },
    ],
    [
      "a list",
      `curl -XPUT https://a.example.com/f --json '[1,2]'`,
      { method: "PUT", body: { as: "value" }, parameters: [{ key: "body", type: "array" }] },
    ],
    ["escapes of bash", `curl https://a.example.com/f --json $'{"a":"it\\'s"}'`, { parameters: [{ key: "a", example: "it's" }] }],
    [
      "lines of Windows' shell",
      `curl ^\r\n  "https://a.example.com/f" ^\r\n  -H "X-A: 1"`,
      { method: "GET", parameters: [{ key: "X-A" }] },
    ],
  ])("is read with %s", async (_, text, endpoint) => {
    expect((await one(text)).endpoint).toMatchObject(endpoint);
  });

  test.each<[what: string, options: string, auth: object]>([
    ["a user and a password", `-u ada:hunter22`, { kind: "basic" }],
    ["a bearer token", `-H 'Authorization: Bearer hunter22'`, { kind: "bearer" }],
    ["a key in a header", `-H 'X-Api-Key: hunter22'`, { kind: "api-key", key: "X-Api-Key", addTo: "header" }],
    [
      "a scheme of the API's own",
      `-H 'Authorization: Token hunter22'`,
      { kind: "api-key", key: "Authorization", prefix: "Token " },
    ],
    [
      "secrets in URL, query, cookie and body",
      `-b sid=hunter22 -d '{"password":"hunter22","user":{"api_key":"hunter22"}}'`,
      { kind: "none" },
    ],
  ])("keeps no secret: %s", async (_, options, auth) => {
    const outcome = await imported(`curl 'https://ada:hunter22@api.example.com/a?access_token=hunter22' ${options}`);
    expect(outcome.connector.auth).toMatchObject(auth);
    expect(JSON.stringify(outcome)).not.toContain("hunter22");
  });

  test("that cannot be read is refused with the reason", async () => {
    expect(await refusal("curl 'https://a.example.com")).toContain("a quote that is not closed");
    expect(await refusal("curl -X POST")).toContain("has no URL");
    expect(await refusal("curl nothing")).toContain("no URL that can be called");
    const { report } = await imported("curl http://a.example.com/x");
    expect(report).toMatchObject({ baseUrl: "", notes: [expect.stringContaining("must use https")] });
    expect((await imported("curl -I https://a.example.com/x")).report.operations).toMatchObject([
      { method: "HEAD", outcome: "left-out" },
    ]);
  });
});

describe("a Postman collection", () => {
  const schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
  const collection = (item: object[], more: object = {}) => JSON.stringify({ info: { name: "Shop", schema }, item, ...more });
  const request = (name: string, url: unknown, more: object = {}) => ({ name, request: { method: "GET", url, ...more } });

  test("gives an endpoint for each request, and its folders as tags", async () => {
    const body = { mode: "raw", raw: '{"name": "A", "size": {{size}}}', options: { raw: { language: "json" } } };
    const { connector, report } = await imported(
      collection(
        [
          {
            name: "Things",
            item: [
              request("List things", {
                raw: "{{baseUrl}}/things?limit=10",
                query: [
                  { key: "limit", value: "10" },
                  { key: "after", value: "x", disabled: true, description: "Where to go on" },
                ],
              }),
              {
                name: "Deep",
                item: [request("Get a thing", { raw: "{{baseUrl}}/things/:id", variable: [{ key: "id", value: "7" }] })],
              },
            ],
          },
          request("Make a thing", "{{baseUrl}}/things", { method: "POST", header: [{ key: "X-A", value: "1" }], body }),
          request("Elsewhere", "https://other.example.com/a"),
        ],
        { variable: [{ key: "baseUrl", value: "https://{{shop}}.example.com/v1" }] },
      ),
    );
    expect(connector.baseUrl).toBe("https://{shop}.example.com/v1");
    expect(connector.variables).toEqual([{ key: "shop", label: "Shop" }]);
    expect(connector.endpoints).toMatchObject([
      {
        key: "list-things",
        path: "/things",
        parameters: [
          { key: "limit", default: "10" },
          { key: "after", example: "x", description: "Where to go on" },
        ],
      },
      { path: "/things/{id}", parameters: [{ key: "id", in: "path", required: true, example: "7" }] },
      { method: "POST", parameters: [{ key: "X-A", in: "header" }, { key: "name", example: "A" }, { key: "size" }] },
    ]);
    expect(report).toMatchObject({ openapi: "Postman collection 2.1", title: "Shop" });
    expect(report.operations.map(({ tags, outcome }) => [tags?.[0], outcome])).toEqual([
      ["Things", "imported"],
      ["Things / Deep", "imported"],
      [undefined, "imported"],
      [undefined, "left-out"],
    ]);
  });

  test("is read with every kind of body", async () => {
    const post = (body: object) => request("Send", "https://a.example.com/x", { method: "POST", body });
    const { connector, report } = await imported(
      collection([
        post({ mode: "urlencoded", urlencoded: [{ key: "a", value: "1" }] }),
        post({ mode: "formdata", formdata: [{ key: "f", type: "file", src: "picture" }] }),
        post({ mode: "graphql", graphql: { query: "{ a }", variables: '{"b": 1}' } }),
        post({ mode: "raw", raw: "<a/>", options: { raw: { language: "xml" } } }),
        post({ mode: "file", file: { src: "picture" } }),
      ]),
    );
    expect(
      connector.endpoints.map(({ key, body, parameters, imported: id }) => [key, body?.as, parameters.map((one) => one.key), id]),
    ).toEqual([
      ["send", "form", ["a"], "POST /x"],
      ["send-2", "multipart", ["f"], "POST /x (Send)"],
      ["send-3", undefined, ["query", "variables"], "POST /x (Send 2)"],
      ["send-4", "raw", ["body"], "POST /x (Send 3)"],
      ["send-5", "raw", ["body"], "POST /x (Send 4)"],
    ]);
    expect(report.operations[2]?.notes).toContain("its body is GraphQL: the query and its variables are fields of a JSON body");
  });

  const list = (fields: object) => Object.entries(fields).map(([key, value]) => ({ key, value, type: "string" }));
  test.each<[type: string, fields: object, auth: object]>([
    ["basic", { username: "ada", password: "hunter22" }, { kind: "basic" }],
    ["bearer", { token: "hunter22" }, { kind: "bearer" }],
    ["apikey", { key: "X-Key", value: "hunter22", in: "header" }, { kind: "api-key", key: "X-Key", addTo: "header" }],
    [
      "oauth2",
      { grant_type: "client_credentials", accessTokenUrl: "https://a.example.com/token", scope: "a b", clientSecret: "hunter22" },
      { kind: "oauth2", grant: "client-credentials", tokenUrl: "https://a.example.com/token", scopes: "a b" },
    ],
    ["awsv4", { secretKey: "hunter22" }, { kind: "none" }],
  ])("proves itself with %s, and keeps no secret", async (type, fields, auth) => {
    const outcome = await imported(
      collection([request("A", "https://a.example.com/a")], {
        auth: { type, [type]: list(fields) },
        variable: list({ token: "hunter22" }),
      }),
    );
    expect(outcome.connector.auth).toMatchObject(auth);
    expect(JSON.stringify(outcome)).not.toContain("hunter22");
  });

  test("of another version is refused, and an address that is not known is asked for", async () => {
    expect(await refusal(JSON.stringify({ info: { name: "A", schema: schema.replace("2.1", "1.0") }, item: [] }))).toContain(
      "Only Postman collections 2.1",
    );
    let folder: object = { name: "a", item: [] };
    for (let depth = 0; depth < 40; depth++) folder = { name: "a", item: [folder] };
    expect(await refusal(collection([folder]))).toContain("nests deeper");
    const { report, connector } = await imported(collection([request("A", "{{host}}/a")]));
    expect(report).toMatchObject({ baseUrl: "", notes: [expect.stringContaining("{{host}}")] });
    expect(connector.endpoints).toMatchObject([{ path: "/a" }]);
  });
});
