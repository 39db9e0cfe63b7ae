import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { DynamicLink } from "../../../shared/connector/parameter-link.ts";
import type { Json } from "../../../shared/json.ts";
import type { UpstreamAnswer } from "../../testing/fake-upstream.ts";
import { node, startTestEngine, type TestEngine, testConnector } from "../../testing/test-engine.ts";

const link: DynamicLink = { kind: "dynamic", endpoint: "choices", items: "choices", value: "id", args: {}, allowCustom: false };
const choice = (key: string, more: Partial<DynamicLink>, type: Parameter["type"] = "integer"): Parameter => ({
  key,
  name: key,
  in: "body",
  type,
  required: false,
  link: { ...link, ...more },
});
const resolve = { endpoint: "one", argument: "id", item: "" };

let engine: TestEngine;
beforeAll(async () => {
  const endpoints = [
    ...testConnector.endpoints,
    {
      key: "one",
      name: "One",
      method: "GET" as const,
      path: "/one/{id}",
      parameters: [{ key: "id", name: "id", in: "path" as const, type: "integer" as const, required: true }],
    },
    {
      key: "send",
      name: "Send",
      method: "POST" as const,
      path: "/send",
      parameters: [
        choice("barred", { label: "name", disabledWhen: "archived" }),
        choice("unchecked", { validateAtRun: "off" }),
        choice("found", { resolve, label: "name", disabledWhen: "archived" }),
        choice("several", {}, "array"),
      ],
    },
  ];
  engine = await startTestEngine({ connector: { ...testConnector, endpoints } });
});
beforeEach(() => {
  engine.upstream.requests.length = 0;
  serve({
    choices: [
      { id: 7, name: "Seven" },
      { id: 8, name: "Eight", archived: true },
    ],
  });
  // Kept lists of the test before are out of date.
  engine.advance(6 * 60_000);
});
afterAll(() => engine.close());

/** The list; of single values 50 is there, 51 is barred, and about 52 the API fails. */
function serve(list: Json): void {
  engine.upstream.always(({ path }): UpstreamAnswer => {
    if (path.startsWith("/choices")) return { body: list };
    if (path === "/one/50") return { body: { name: "Fifty" } };
    if (path === "/one/51") return { body: { name: "Fifty-one", archived: true } };
    if (path === "/one/52") return { status: 403, body: { message: "not yours" } };
    return path.startsWith("/one/") ? { status: 404 } : { body: null };
  });
}
async function run(inputs: Record<string, Json>) {
  const flow = await engine.publish([node.start(), node.call("step", "send", { inputs })], ["start -> step"]);
  return engine.reaches(await engine.start(flow));
}
const sent = () => engine.upstream.requests.map(({ method, path }) => `${method} ${path}`);

test("a value that is barred in its list is refused, and nothing is sent", async () => {
  expect((await run({ barred: 7 })).status).toBe("succeeded");
  const { steps } = await run({ barred: 8 });
  expect(steps.step?.error).toMatchObject({ code: "not_in_list", message: '"barred": "Eight" cannot be chosen any more' });
  expect(sent()).toEqual(["GET /choices", "POST /send"]);
});

test("a link that is not checked at run time sends any value, without a look at the list", async () => {
  expect((await run({ unchecked: 99 })).status).toBe("succeeded");
  expect(sent()).toEqual(["POST /send"]);
});

test("each of several values must be in the list", async () => {
  expect((await run({ several: [7] })).status).toBe("succeeded");
  expect((await run({ several: [7, 9] })).steps.step?.error).toMatchObject({
    code: "not_in_list",
    message: '"several": 9 is not in its list of 2',
  });
});

test.each<[what: string, value: number, error: { code: string; message: string } | null]>([
  ["is found is sent", 50, null],
  ["is barred is refused", 51, { code: "not_in_list", message: '"found": "Fifty-one" cannot be chosen any more' }],
  [
    "nobody finds is refused",
    53,
    { code: "not_in_list", message: '"found": 53 is not in its list, and the API does not find it' },
  ],
  [
    "cannot be looked up fails the step with the API's answer",
    52,
    { code: "forbidden", message: 'the value of "found" could not be looked up: answered 403 Forbidden: not yours' },
  ],
])("a value beyond the fetched list that %s", async (_, value, error) => {
  serve({ choices: [{ id: 7 }], has_more: true });
  const { status, steps } = await run({ found: value });
  expect(status).toBe(error === null ? "succeeded" : "failed");
  if (error) expect(steps.step?.error).toMatchObject(error);
  expect(sent()).toEqual(["GET /choices", `GET /one/${value}`, ...(error === null ? ["POST /send"] : [])]);
});
