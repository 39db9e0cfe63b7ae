import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { FlowTest } from "../../shared/flow/flow-test.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { testFlows } from "../cli/test-flows.ts";
import { type CodePool, createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool, type JsonataPool } from "../expressions/jsonata-pool.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { node, startTestEngine, type TestEngine, testConnector } from "../testing/test-engine.ts";
import { recordFlowTest } from "./record-flow-test.ts";
import { runFlowTest } from "./run-flow-test.ts";
import type { ReadyTest } from "./test-world.ts";

let engine: TestEngine;
let jsonata: JsonataPool;
let code: CodePool;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "patchbay-flowtests-"));
  engine = await startTestEngine();
  jsonata = createJsonataPool();
  code = createCodePool();
});
afterAll(async () => {
  await Promise.all([engine.close(), jsonata.close(), code.close()]);
  rmSync(folder, { recursive: true });
});

const step = (kind: string, id: string, more: Record<string, Json> = {}) =>
  FlowNode.parse({ ...node.transform(id, null), kind, ...more });

/** Runs a flow on the engine once, and makes a test of that run. */
async function record(
  nodes: FlowNode[],
  edges: string[],
  body: Json,
  meanwhile?: (run: string) => Promise<void>,
): Promise<ReadyTest> {
  return recordFlow(await engine.publish([node.start(), ...nodes], edges), body, meanwhile);
}

async function recordFlow(flow: string, body: Json, meanwhile?: (run: string) => Promise<void>): Promise<ReadyTest> {
  const run = await engine.start(flow, body);
  await meanwhile?.(run);
  await engine.reaches(run);
  const [row] = await engine.pair.sql.read<{ version: string }>(`SELECT flow_version_id AS version FROM runs WHERE id = $1`, [
    run,
  ]);
  const version = await createLoadVersion(engine.pair.sql)("wsp_test", row?.version ?? "");
  return recordFlowTest({
    name: "Recorded",
    version,
    records: await engine.pair.engine.journal(run, 0, { bare: false }),
  }) as ReadyTest;
}

const shop = [
  node.call("find", "read", { inputs: { value: "{{trigger.body.id}}" } }),
  node.delay("pause", 3_600_000),
  node.call("pay", "keyed", { inputs: { value: "{{steps.find.output.ok}}-{{trigger.body.id}}" } }),
  node.transform("done", { paid: "{{steps.pay.output.ok}}" }),
];
const shopEdges = ["start -> find", "find -> pause", "pause -> pay", "pay -> done"];

async function recordShop(): Promise<ReadyTest> {
  // The first try of the second call meets a busy API.
  engine.upstream.next({}, { status: 503, body: "busy" });
  return record(shop, shopEdges, { id: "a" }, async (run) => {
    await engine.reaches(run, "waiting");
    engine.advance(3_600_000);
    await vi.waitFor(async () => expect((await engine.view(run)).steps.pay?.status).toBe("waiting"));
    engine.advance(10_000);
  });
}

describe("a test that was recorded from a run", () => {
  it("passes: calls are answered, tries included, and an hour takes no time", async () => {
    const test = await recordShop();
    expect(test.calls.map(({ answer }) => "status" in answer && answer.status)).toEqual([200, 503, 200]);
    const before = engine.upstream.requests.length;
    const result = await runFlowTest({ jsonata, code }, test);
    expect(result.verdicts.filter(({ passed }) => !passed)).toEqual([]);
    expect(result).toMatchObject({ passed: true });
    expect(result.verdicts.length).toBeGreaterThan(4);
    expect(engine.upstream.requests.length).toBe(before);
  });

  it("holds no credential that was typed into a header of a request: it is a file", async () => {
    const url = `${engine.upstream.url}/keyed`;
    const headers = { Authorization: "Bearer typed-s3cr3t", Accept: "text/plain" };
    const test = await record([step("http", "ask", { url, headers })], ["start -> ask"], {});
    expect(test.flow.nodes.at(-1)).toMatchObject({ headers: { Authorization: "", Accept: "text/plain" } });
    expect(JSON.stringify(test)).not.toContain("typed-s3cr3t");
    const { verdicts } = await runFlowTest({ jsonata, code }, test);
    expect(verdicts.filter(({ passed }) => !passed)).toEqual([]);
  });

  it("fails with the step and the difference when the flow does something else", async () => {
    const test = await recordShop();
    const nodes = test.flow.nodes.map((each) =>
      each.id === "done" ? FlowNode.parse({ ...each, output: { paid: "no" } }) : each,
    );
    const { passed, verdicts } = await runFlowTest({ jsonata, code }, { ...test, flow: { ...test.flow, nodes } });
    expect(passed).toBe(false);
    expect(verdicts.filter((verdict) => !verdict.passed)).toMatchObject([
      { name: "done is succeeded, gives what is expected", message: 'paid: expected true, but it is "no"' },
    ]);
  });

  it("fails with the request for which there is no answer", async () => {
    const test = await recordShop();
    const trigger = { ...test.trigger, output: { body: { id: "b" } } };
    const { passed, verdicts } = await runFlowTest({ jsonata, code }, { ...test, trigger });
    expect(passed).toBe(false);
    expect(verdicts).toContainEqual(
      expect.objectContaining({ name: "every request has an answer", message: expect.stringContaining("POST ") }),
    );
  });

  it("tells waiting steps what they were told, and loops and flows that it starts go as they went", async () => {
    const child = await engine.publish([node.start(), node.respond("answer", { n: 7 })], ["start -> answer"]);
    const test = await record(
      [
        step("wait", "hold"),
        step("for-each", "each", { items: [1, 2] }),
        FlowNode.parse({ ...node.call("send", "idempotent", { inputs: { value: "v{{item}}" } }), parent: "each" }),
        step("sub-flow", "child", { flow: child }),
        step("code", "sum", { code: "return inputs.n + 1", inputs: { n: "{{steps.child.output.answer.body.n}}" } }),
      ],
      ["start -> hold", "hold -> each", "each:done -> child", "child -> sum"],
      {},
      async (run) => {
        await engine.reaches(run, "waiting");
        await engine.pair.engine.signal(run, { kind: "resume", step: "hold", by: "url", body: { go: true } });
      },
    );
    expect(test.waits).toEqual([{ step: "hold", by: "url", resume: { go: true } }]);
    const result = await runFlowTest({ jsonata, code }, test);
    expect(result.verdicts.filter(({ passed }) => !passed)).toEqual([]);
  });

  it("finds stored what earlier runs had left, and knows the keys that they had seen", async () => {
    const nodes = [
      step("key-value", "count", { operation: "increment", key: "n", by: "{{trigger.body.by}}" }),
      step("key-value", "last", { operation: "put", scope: "workspace", key: "last", value: "{{trigger.body.by}}" }),
      step("key-value", "none", { operation: "get", key: "never" }),
      step("once", "new", { key: "{{trigger.body.by}}" }),
    ];
    const edges = ["start -> count", "count -> last", "last -> none", "none -> new"];
    const flow = await engine.publish([node.start(), ...nodes], edges);
    await engine.reaches(await engine.start(flow, { by: 2 }));
    const first = await recordFlow(flow, { by: 3 });
    expect([first.stored, first.seen]).toEqual([
      [
        { scope: "flow", key: "n", value: 2 },
        { scope: "workspace", key: "last", value: 2 },
      ],
      [],
    ]);
    const again = await recordFlow(flow, { by: 3 });
    expect([again.stored[0]?.value, again.seen]).toEqual([5, [{ node: "new", key: "3" }]]);
    for (const test of [first, again]) {
      const { verdicts } = await runFlowTest({ jsonata, code }, test);
      expect(verdicts.filter(({ passed }) => !passed)).toEqual([]);
    }
  });

  it("tells each step what the flow came to that it started", async () => {
    const child = await engine.publish([node.start(), node.respond("answer", "{{trigger.body}}")], ["start -> answer"]);
    const test = await record(
      [
        step("for-each", "each", { items: ["a", "b"], result: "{{steps.child.output.answer.body}}" }),
        FlowNode.parse({ ...step("sub-flow", "child", { flow: child, input: "{{item}}" }), parent: "each" }),
      ],
      ["start -> each"],
      {},
    );
    expect(test.flows[child]).toEqual({
      status: "succeeded",
      answer: "a",
      steps: { "child[1]": { status: "succeeded", answer: "b" } },
    });
    const result = await runFlowTest({ jsonata, code }, test);
    expect(result.verdicts.filter(({ passed }) => !passed)).toEqual([]);
  });

  it("passes with what is secret as dots", async () => {
    engine.upstream.next({ body: { token: "sesame-0815" } });
    const test = await record(
      [
        node.call("get", "read", { inputs: {}, secretPaths: ["token"] }),
        node.call("use", "read", { inputs: { value: "{{steps.get.output.token}}" } }),
      ],
      ["start -> get", "get -> use"],
      {},
    );
    expect(JSON.stringify(test)).not.toContain("sesame");
    const result = await runFlowTest({ jsonata, code }, test);
    expect(result.verdicts.filter(({ passed }) => !passed)).toEqual([]);
  });

  it("says so when the run waits for what the test does not tell", async () => {
    const test = await record([node.transform("a", 1)], ["start -> a"], {});
    const nodes = [...test.flow.nodes, FlowNode.parse({ ...step("approval", "may", { title: "May it?" }), deadlineMs: 1_000 })];
    const edges = [...test.flow.edges, { id: "e", source: "a", port: "out", target: "may" }];
    const { passed, error } = await runFlowTest({ jsonata, code }, { ...test, flow: { ...test.flow, nodes, edges } });
    expect([passed, error?.code]).toEqual([false, "deadline_passed"]);
  });
});

it("ends a run in which the engine itself fails, and what goes on beside it, but never the process", async () => {
  const nodes = [step("code", "odd", { code: "return 1", secretPaths: ["a"] }), step("code", "other", { code: "return 2" })];
  const test = await record(nodes, ["start -> odd", "start -> other"], {});
  const endless: { a?: Json } = {};
  endless.a = endless;
  const run: CodePool["run"] = async ({ code: source }) =>
    source === "return 1" ? { outcome: "value", value: endless as Json, console: [] } : new Promise(() => undefined);
  const canceled: CodePool["run"] = (task) =>
    Promise.race([
      run(task),
      new Promise<never>((_, fail) => task.signal?.addEventListener("abort", () => fail(new Error("over")))),
    ]);
  const { passed, error, verdicts } = await runFlowTest({ jsonata, code: { run: canceled } }, test);
  expect([passed, error?.code]).toEqual([false, "internal"]);
  expect(verdicts).toContainEqual(expect.objectContaining({ name: "the engine meets no fault" }));
});

it("asks of an API below a path what was asked of it", async () => {
  const below = await startTestEngine({ connector: { ...testConnector, baseUrl: "https://upstream.example/api/v2" } });
  try {
    const flow = await below.publish([node.start(), node.call("get", "choices", { inputs: { of: "a b" } })], ["start -> get"]);
    const run = await below.start(flow, {});
    await below.reaches(run);
    expect(below.upstream.requests.map(({ path }) => path)).toEqual(["/api/v2/choices?of=a%20b"]);
    const [row] = await below.pair.sql.read<{ version: string }>(`SELECT flow_version_id AS version FROM runs`);
    const version = await createLoadVersion(below.pair.sql)("wsp_test", row?.version ?? "");
    const test = recordFlowTest({ name: "Below", version, records: await below.pair.engine.journal(run, 0, { bare: false }) });
    expect(await runFlowTest({ jsonata, code }, test as ReadyTest)).toMatchObject({ passed: true });
  } finally {
    await below.close();
  }
});

describe("the command", () => {
  const said: string[] = [];
  const put = (name: string, test: object) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(test));
    return file;
  };
  async function run(...args: string[]): Promise<number | string | undefined> {
    said.length = 0;
    const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
    const err = vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
    const before = process.exitCode;
    try {
      await testFlows(args);
      return process.exitCode ?? 0;
    } finally {
      process.exitCode = before;
      out.mockRestore();
      err.mockRestore();
    }
  }

  it("exits with 0, 1 or 2, and writes what JUnit readers read", async () => {
    const test: FlowTest = await record([node.transform("a", "<b>")], ["start -> a"], {});
    put("good.flowtest.json", test);
    expect(await run(folder)).toBe(0);
    put("bad.flowtest.json", { ...test, expect: [{ step: "a", output: "<c>" }] });
    const junit = join(folder, "junit.xml");
    expect(await run(folder, "--junit", junit)).toBe(1);
    expect(said.join("")).toContain("2 tests, 1 failed");
    const xml = readFileSync(junit, "utf8");
    expect(xml).toContain('failures="1"');
    expect(xml).toContain("&lt;b&gt;");
    expect(await run(put("wrong.flowtest.json", { ...test, expect: [] }))).toBe(2);
    expect(said.join("")).toContain("expect: nothing is expected");
    expect(await run(join(folder, "nothing.flowtest.json"))).toBe(2);
  });
});
