import { afterAll, beforeAll, expect, test } from "vitest";
import { tryCode } from "../../shared/api/code.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import { ask } from "../testing/test-client.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let person: TestPerson;

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson("Ada");
});
afterAll(() => server.close());

function post(body: object, { cookie } = person) {
  const headers = { Cookie: cookie, "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1/code/trials`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function attempt(body: object) {
  const answer = await post(body);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return tryCode.response.parse(answer.json);
}

test("gives what code returns and prints, and the schema of it", async () => {
  const code = `console.info("of", inputs.n); return { half: inputs.n / 2, text: "{{trigger.body}}" }`;
  expect(await attempt({ code, inputs: { n: 3 } })).toEqual({
    output: { half: 1.5, text: "{{trigger.body}}" },
    inferred: expect.objectContaining({ type: "object", properties: expect.objectContaining({ half: { type: "number" } }) }),
    console: [{ level: "info", text: "of 3" }],
    error: null,
    durationMs: expect.any(Number),
  });
});

test("says where code failed, and keeps what it printed until then", async () => {
  const trial = await attempt({ code: `console.log(1)\nreturn inputs.order.id` });
  expect(trial).toMatchObject({ output: null, inferred: null, console: [{ level: "log", text: "1" }] });
  expect(trial.error).toEqual({
    code: "code_failed",
    name: "TypeError",
    message: "cannot read property 'id' of undefined",
    line: 2,
    column: 20,
  });
});

test("ends code at its time", async () => {
  const { error } = await attempt({ code: "for (;;) {}", timeoutMs: 20 });
  expect(error).toMatchObject({ code: "code_timeout", message: "it took longer than 20 ms" });
});

test("shows of a large output its beginning, and infers from all of it", async () => {
  const { output, inferred } = await attempt({ code: "return Array.from({ length: 5000 }, (_, i) => i < 4999 ? i : 'last')" });
  expect((output as unknown[]).length).toBeLessThan(5_000);
  expect(JSON.stringify(inferred)).toContain("string");
});

test("ends code whose caller has gone", async () => {
  const controller = new AbortController();
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const body = JSON.stringify({ code: "for (;;) {}", timeoutMs: 60_000 });
  const gone = fetch(`${server.url}/api/v1/code/trials`, { method: "POST", headers, body, signal: controller.signal });
  await attempt({ code: "return 1" });
  controller.abort();
  await expect(gone).rejects.toThrow();
  const trials = await Promise.all([1, 2, 3].map((n) => attempt({ code: `return ${n}` })));
  expect(trials.map(({ output }) => output)).toEqual([1, 2, 3]);
});

test.each([
  ["timeoutMs", { code: "", timeoutMs: 60_001 }],
  ["code", { code: "x".repeat(100_001) }],
  ["inputs.a b", { code: "", inputs: { "a b": 1 } }],
])("refuses what no step may have: %s", async (field, body) => {
  const answer = await post(body);
  expect([answer.status, ErrorBody.parse(answer.json).error.message]).toEqual([400, expect.stringContaining(`${field}: `)]);
});

test("is for those who may draw flows", async () => {
  const user = await server.addPerson("Bo", { role: "user", workspace: person.workspace });
  expect((await post({ code: "return 1" }, user)).status).toBe(403);
  expect((await ask(`${server.url}/api/v1/code/trials`, { method: "POST", body: "{}" })).status).toBe(403);
});
