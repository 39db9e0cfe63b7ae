import { afterEach, beforeEach, expect, test } from "vitest";
import type { Connector } from "../../../shared/connector/connector.ts";
import { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Json } from "../../../shared/json.ts";
import { node, startTestEngine, type TestEngine, testConnector } from "../../testing/test-engine.ts";

const query = (key: string) => ({ key, name: key, in: "query", type: "string", required: false });
const listed = (key: string, pagination: object, parameters: object[] = []) =>
  Endpoint.parse({ key, name: key, method: "GET", path: `/${key}`, parameters, pagination });
const connector: Connector = {
  ...testConnector,
  endpoints: [
    listed("cursor", { kind: "cursor", items: "data", parameter: "after", next: "next" }, [query("after"), query("q")]),
    listed("offset", { kind: "offset", items: "data", parameter: "skip", sizeParameter: "take", size: 2 }, [
      query("skip"),
      query("take"),
    ]),
    listed("link", { kind: "link", items: "" }),
  ],
  actions: [
    {
      key: "first",
      name: "First",
      description: "",
      category: "retrieve",
      endpoint: "cursor",
      inputs: [],
      fixed: { q: "x" },
      output: [
        { name: "first", path: "data[0]" },
        { name: "count", path: "total" },
      ],
    },
  ],
};

let engine: TestEngine;
beforeEach(async () => {
  engine = await startTestEngine({ connector });
});
afterEach(() => engine.close());

const retry = { maxAttempts: 2, backoffMs: 1_000, factor: 1, maxBackoffMs: 1_000, jitter: 0 };
async function start(endpoint: string, maxPages: number, more: object = {}): Promise<string> {
  const step = node.call("step", endpoint, { inputs: {}, retry, allPages: { maxPages }, ...more });
  return engine.start(await engine.publish([node.start(), step], ["start -> step"]));
}
/** `/cursor`: three pages of two. */
const pages: Record<string, Json> = {
  "": { data: [1, 2], next: "c2", total: 5 },
  c2: { data: [3, 4], next: "c3", total: 5 },
  c3: { data: [5], next: null, total: 5 },
};
const serveCursor = () =>
  engine.upstream.always(({ path }) => ({ body: pages[new URL(path, "http://a").searchParams.get("after") ?? ""] ?? {} }));
const paths = () => engine.upstream.requests.map(({ path }) => path);

test("all pages are one list, an attempt for each", async () => {
  serveCursor();
  const run = await start("cursor", 10);
  const view = await engine.reaches(run);
  expect(view.steps.step).toMatchObject({
    status: "succeeded",
    attempts: [1, 2, 3].map((attempt) => ({ attempt, group: attempt, status: "succeeded", httpStatus: 200 })),
  });
  expect(new Set(view.steps.step?.attempts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
  expect(await engine.output(run, "step")).toEqual({ data: [1, 2, 3, 4, 5], next: null, total: 5 });
  expect(paths()).toEqual(["/cursor", "/cursor?after=c2", "/cursor?after=c3"]);
});

test("the cap ends the list, and the step says that there is more", async () => {
  serveCursor();
  const run = await start("cursor", 2);
  await engine.reaches(run);
  expect(await engine.output(run, "step")).toMatchObject({ data: [1, 2, 3, 4] });
  const entries = await engine.entries(run);
  expect(entries.map(({ kind }) => kind)).toContain("page-received");
  expect(paths()).toHaveLength(2);
});

test("a page that fails is tried again alone, and each page has its own tries", async () => {
  engine.upstream.next(
    { body: { data: [1], next: "c2" } },
    { status: 503 },
    { body: { data: [2], next: "c3" } },
    { status: 503 },
    { body: { data: [3] } },
  );
  const run = await start("cursor", 10);
  for (let wait = 0; wait < 2; wait++) {
    await engine.reaches(run, "waiting");
    engine.advance(1_000);
    await expect.poll(async () => (await engine.view(run)).status).not.toBe("queued");
    await expect.poll(() => paths().length).toBeGreaterThan(wait * 2 + 2);
  }
  await engine.reaches(run);
  expect(await engine.output(run, "step")).toMatchObject({ data: [1, 2, 3] });
  expect(paths()).toEqual(["/cursor", "/cursor?after=c2", "/cursor?after=c2", "/cursor?after=c3", "/cursor?after=c3"]);
});

test("after a crash the pages that came are not asked for again", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  engine.upstream.always(({ path }) => ({
    body: pages[new URL(path, "http://a").searchParams.get("after") ?? ""] ?? {},
    ...(path.endsWith("c3") && { after: held }),
  }));
  const run = await start("cursor", 10);
  await expect.poll(async () => (await engine.entries(run)).filter(({ kind }) => kind === "page-received")).toHaveLength(2);
  await engine.upstream.received(3);
  await engine.replaceWorker();
  release();
  await engine.reaches(run);
  expect(await engine.output(run, "step")).toMatchObject({ data: [1, 2, 3, 4, 5] });
  expect(paths().filter((path) => path === "/cursor" || path.endsWith("c2"))).toHaveLength(2);
});

test("an offset goes on after what came, with the size of a page", async () => {
  engine.upstream.next({ body: { data: [1, 2] } }, { body: { data: [3] } });
  const run = await start("offset", 10, { inputs: { skip: 4 } });
  await engine.reaches(run);
  expect(await engine.output(run, "step")).toEqual({ data: [1, 2, 3] });
  expect(paths()).toEqual(["/offset?skip=4&take=2", "/offset?skip=6&take=2"]);
});

test("a Link header is followed on the same host, and nowhere else", async () => {
  engine.upstream.next({ body: [1], headers: { link: '</link?page=2>; rel="next"' } }, { body: [2] });
  const run = await start("link", 10);
  await engine.reaches(run);
  expect(await engine.output(run, "step")).toEqual([1, 2]);
  engine.upstream.next({ body: [1], headers: { link: '<https://elsewhere.example/x>; rel="next"' } });
  const led = await engine.reaches(await start("link", 10));
  expect(led.steps.step).toMatchObject({ status: "failed", error: { code: "blocked" } });
  expect(paths()).toEqual(["/link", "/link?page=2", "/link"]);
});

test("an answer without the list fails the step with its place", async () => {
  engine.upstream.next({ body: { items: [] } });
  const view = await engine.reaches(await start("cursor", 10));
  expect(view.steps.step).toMatchObject({
    status: "failed",
    error: { code: "no_list", message: expect.stringContaining('"data"') },
    attempts: [{ status: "succeeded" }],
  });
});

test("an action sends its fixed values and gives its own fields, over all pages too", async () => {
  serveCursor();
  const run = await start("cursor", 10, { action: "first" });
  await engine.reaches(run);
  expect(await engine.output(run, "step")).toEqual({ first: 1, count: 5 });
  expect(paths()[0]).toBe("/cursor?q=x");
});
