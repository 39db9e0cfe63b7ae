import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as api from "../../shared/api/connectors.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import type { Pagination } from "../../shared/connector/pagination.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { DynamicLink } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask } from "../testing/test-client.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const upstream = await startFakeUpstream();
let server: TestServer;
let administrator: TestPerson;
let connection: string;

const parameter = (key: string, more: Partial<Parameter> = {}): Parameter => ({
  key,
  name: key,
  in: "query",
  type: "string",
  required: false,
  ...more,
});
const link = (more: Partial<DynamicLink> = {}): DynamicLink => ({
  kind: "dynamic",
  endpoint: "list",
  items: "items",
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
const byPage: Pagination = { kind: "page", items: "items", parameter: "page", first: 1, sizeParameter: "size", size: 2 };
const draft = ConnectorDraft.parse({
  schemaVersion: 1,
  key: "lists",
  name: "Lists",
  description: "",
  baseUrl: upstream.url,
  auth: { kind: "bearer" },
  endpoints: [
    endpoint("list", [parameter("q"), parameter("of")]),
    endpoint("paged", [parameter("page", { type: "integer" }), parameter("size", { type: "integer" }), parameter("q")], {
      pagination: byPage,
    }),
    endpoint("cursored", [parameter("after")], {
      pagination: { kind: "cursor", items: "items", parameter: "after", next: "next" },
    }),
    endpoint("linked", [], { path: "/chain?p=1", pagination: { kind: "link", items: "items" } }),
    endpoint("one", [parameter("id", { in: "path", required: true }), parameter("of")], { path: "/one/{id}" }),
    endpoint("use", [parameter("of"), parameter("choice", { type: "integer", link: link() })]),
  ],
  incomingWebhooks: [],
});

beforeAll(async () => {
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  administrator = await server.addPerson("Ada");
  await publishConnector({ ...server, ...server.pair }, administrator.workspace, draft);
  const made = await send(administrator, "/connections", { connector: "lists", name: "c", credentials: { token: "t-1" } });
  connection = (made.json as { connection: string }).connection;
});
beforeEach(() => {
  upstream.requests.length = 0;
  // What was kept by the test before is out of date, also where it is kept for long.
  server.advance(48 * 3_600_000);
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

async function send(person: TestPerson, path: string, body: unknown) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}
/** The list of a link as it is tried, before it is saved. */
async function list(more: Partial<DynamicLink>, asked: object = {}) {
  return saved({ link: link(more), ...asked });
}
async function saved(asked: object) {
  const { json } = await send(administrator, "/connectors/lists/endpoints/use/options", {
    parameter: "choice",
    connection,
    inputs: {},
    ...asked,
  });
  return api.listOptions.response.parse(json).result;
}
const paths = () => upstream.requests.map(({ path }) => path);
const values = (result: Awaited<ReturnType<typeof list>>) =>
  result.outcome === "listed" ? result.options.map(({ value }) => value) : result;
/** Seven items, two to a page. */
function servePages(): void {
  upstream.always(({ path }) => {
    const page = Number(new URL(path, upstream.url).searchParams.get("page") ?? 1);
    const ids = [1, 2, 3, 4, 5, 6, 7].slice((page - 1) * 2, page * 2);
    return { body: { items: ids.map((id) => ({ id })) } };
  });
}

describe("an entry", () => {
  const items: Json = [
    { id: 7, name: "Apollo", key: "AP", owner: { name: "Ada" } },
    { id: 8, name: "Gemini", key: "GE", archived: "yes" },
    { id: 9, archived: false },
  ];

  test("is shown by a text with paths, has a second line, and may be barred; its value keeps its type", async () => {
    upstream.always({ body: { items } });
    const result = await list({ label: "{name} ({key})", description: "owned by {owner.name}", disabledWhen: "archived" });
    expect(result).toEqual({
      outcome: "listed",
      complete: true,
      options: [
        { value: 7, label: "Apollo (AP)", description: "owned by Ada" },
        { value: 8, label: "Gemini (GE)", disabled: true },
        { value: 9, label: "9" },
      ],
    });
  });
});

describe("a list of several pages", () => {
  test("is fetched to its end by the pagination of its endpoint", async () => {
    servePages();
    const result = await list({ endpoint: "paged" });
    expect(result).toMatchObject({ complete: true, paging: { pages: 4, more: false } });
    expect(values(result)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(paths()).toEqual([1, 2, 3, 4].map((page) => `/paged?page=${page}&size=2`).with(0, "/paged?size=2"));
  });

  test("stops at its cap and says that there are more, which are fetched from there on when asked for", async () => {
    servePages();
    const capped = { endpoint: "paged", maxPages: 2 };
    const first = await list(capped);
    expect(first).toMatchObject({ complete: false, paging: { pages: 2, more: true } });
    expect(upstream.requests).toHaveLength(2);
    const more = await list(capped, { pages: 3 });
    expect(values(more)).toHaveLength(6);
    expect(upstream.requests).toHaveLength(3);
    // Whoever asks for less gets what is known.
    expect(values(await list(capped))).toHaveLength(6);
    expect(upstream.requests).toHaveLength(3);
  });

  test("keeps its first pages when a further one fails", async () => {
    servePages();
    const capped = { endpoint: "paged", maxPages: 1 };
    await list(capped);
    upstream.next({ status: 500 });
    expect(await list(capped, { pages: 2 })).toMatchObject({ outcome: "failed", status: 500 });
    expect(values(await list(capped))).toEqual([1, 2]);
    expect(values(await list(capped, { pages: 2 }))).toEqual([1, 2, 3, 4]);
    expect(upstream.requests).toHaveLength(3);
  });

  test("follows cursors, and one that comes twice is its end", async () => {
    upstream.next({ body: { items: [{ id: 1 }], next: "b" } }, { body: { items: [{ id: 2 }], next: "b" } });
    expect(values(await list({ endpoint: "cursored" }))).toEqual([1, 2]);
    expect(paths()).toEqual(["/cursored", "/cursored?after=b"]);
  });

  test("follows the Link header, within its host alone", async () => {
    upstream.next(
      { headers: { Link: '</chain?p=2>; rel="next"' }, body: { items: [{ id: 1 }] } },
      { body: { items: [{ id: 2 }] } },
    );
    expect(values(await list({ endpoint: "linked" }))).toEqual([1, 2]);
    server.advance(301_000);
    upstream.next({ headers: { Link: '<https://elsewhere.example/>; rel="next"' }, body: { items: [{ id: 1 }] } });
    expect(await list({ endpoint: "linked" })).toMatchObject({ outcome: "failed", message: expect.stringContaining("leave") });
  });
});

describe("a search", () => {
  test("goes to the API once it is long enough; before that the fetched list is searched", async () => {
    upstream.always({ body: { items: [{ id: "apollo" }, { id: "gemini" }] } });
    const searched = { search: "q", searchMinimum: 3 };
    expect(values(await list(searched, { search: "ge" }))).toEqual(["gemini"]);
    expect(values(await list(searched, { search: " gem " }))).toEqual(["apollo", "gemini"]);
    expect(paths()).toEqual(["/list", "/list?q=gem"]);
  });

  test("begins at the first page", async () => {
    servePages();
    const searched = { endpoint: "paged", search: "q", maxPages: 1 };
    await list(searched, { pages: 3 });
    upstream.requests.length = 0;
    await list(searched, { search: "x" });
    expect(paths()).toEqual(["/paged?size=2&q=x"]);
  });
});

describe("a kept list", () => {
  test("is kept for as long as the link says", async () => {
    upstream.always({ body: { items: [{ id: 1 }] } });
    await list({ keepSeconds: 3_600 });
    server.advance(3_599_000);
    await list({ keepSeconds: 3_600 });
    expect(upstream.requests).toHaveLength(1);
    server.advance(1_000);
    await list({ keepSeconds: 3_600 });
    expect(upstream.requests).toHaveLength(2);
    await list({ keepSeconds: 0 });
    await list({ keepSeconds: 0 });
    expect(upstream.requests).toHaveLength(4);
  });

  test("is renewed by its ETag: an answer that it is the same costs no list", async () => {
    upstream.next({ headers: { ETag: '"v1"' }, body: { items: [{ id: 1 }] } }, { status: 304, headers: { ETag: '"v1"' } });
    await list({});
    expect(values(await list({}, { refresh: true }))).toEqual([1]);
    expect(upstream.requests.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, '"v1"']);
    upstream.next({ body: { items: [{ id: 2 }] } });
    expect(values(await list({}, { refresh: true }))).toEqual([2]);
  });
});

describe("one value", () => {
  const resolve = { endpoint: "one", argument: "id", item: "data" };
  const unlisted = { body: { items: [{ id: 1, name: "One" }], has_more: true } };

  test("that is not among the fetched ones is looked up, with what the list is asked with", async () => {
    upstream.next(unlisted, { body: { data: { name: "Ninety-nine", archived: true } } });
    const asked = { value: 99, inputs: { of: "a" } };
    const more = { label: "name", disabledWhen: "archived", args: { of: { from: "of" } }, resolve };
    const chosen = { value: 99, label: "Ninety-nine", disabled: true };
    expect(await list(more, asked)).toMatchObject({ chosen, options: [{ value: 1, label: "One" }] });
    expect(paths()).toEqual(["/list?of=a", "/one/99?of=a"]);
    expect(await list(more, asked)).toMatchObject({ chosen });
    expect(upstream.requests).toHaveLength(2);
  });

  test("that is listed needs no look-up", async () => {
    upstream.next(unlisted);
    expect(await list({ label: "name", resolve }, { value: 1 })).toMatchObject({ chosen: { value: 1, label: "One" } });
    expect(upstream.requests).toHaveLength(1);
  });

  test.each<[what: string, answer: { status?: number; body?: Json }, chosen: object]>([
    ["that the API does not find is none", { status: 404 }, { chosen: null }],
    ["about which the API fails is unknown", { status: 500 }, {}],
  ])("%s", async (_, answer, chosen) => {
    upstream.next(unlisted, answer);
    const result = await list({ resolve }, { value: 99 });
    expect(result).toEqual({ outcome: "listed", options: [{ value: 1, label: "1" }], complete: false, ...chosen });
  });

  test("is none where the list is whole, and unknown where nothing can look it up", async () => {
    upstream.next({ body: { items: [{ id: 1 }] } });
    expect(await list({}, { value: 99 })).toMatchObject({ complete: true, chosen: null });
    upstream.next(unlisted);
    expect(await list({}, { value: 99, refresh: true })).not.toHaveProperty("chosen");
  });
});

describe("a list of an older version", () => {
  test("is asked for as that version says", async () => {
    upstream.always({ body: { items: [{ id: 1, name: "One" }] } });
    const use = draft.endpoints.map((each) =>
      each.key === "use" ? { ...each, parameters: [parameter("choice", { link: link({ label: "name" }) })] } : each,
    );
    await publishConnector({ ...server, ...server.pair }, administrator.workspace, { ...draft, endpoints: use });
    expect(await saved({ version: 1 })).toMatchObject({ options: [{ label: "1" }] });
    expect(await saved({ version: 2 })).toMatchObject({ options: [{ label: "One" }] });
    const { json } = await send(administrator, "/connectors/lists/endpoints/use/options", {
      parameter: "choice",
      connection,
      inputs: {},
      version: 9,
    });
    expect(ErrorBody.parse(json).error).toMatchObject({ code: "not_found", message: expect.stringContaining("no version 9") });
  });
});

describe("a link that is not saved", () => {
  test("is tried by administrators alone", async () => {
    const user = await server.addPerson("Grace", { role: "user" });
    const { status } = await send(user, "/connectors/lists/endpoints/use/options", {
      parameter: "choice",
      connection,
      inputs: {},
      link: link(),
    });
    expect(status).toBe(403);
    expect(upstream.requests).toEqual([]);
  });

  test("may look up its values by reads alone", async () => {
    upstream.always({ body: { items: [{ id: 1 }], has_more: true } });
    const result = await list({ resolve: { endpoint: "nothing", argument: "id", item: "" } }, { value: 5 });
    expect(result).not.toHaveProperty("chosen");
    expect(upstream.requests).toHaveLength(1);
  });
});
