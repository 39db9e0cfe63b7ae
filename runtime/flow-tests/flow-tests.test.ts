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
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";
import { recordFlowTest } from "./record-flow-test.ts";
import { type ReadyTest, runFlowTest } from "./run-flow-test.ts";

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
  const flow = await engine.publish([node.start(), ...nodes], edges);
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

  it("fails with the step and the difference when the flow does something else", async () => {
    const test = await recordShop();
    const nodes = test.flow.nodes.map((each) =>
      each.id === "done" ? FlowNode.parse({ ...each, output: { paid: "no" } }) : each,
    );
    const { passed, verdicts } = await runFlowTest({ jsonata, code }, { ...test, flow: { ...test.flow, nodes } });
    expect(passed).toBe(false);
    expect(verdicts.filter((verdict) => !verdict.passed)).toMatchObject([
      { name: "done is succeeded, gives what is expected", message: expect.stringContaining('"paid": "no"') },
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

  it("says so when the run waits for what the test does not tell", async () => {
    const test = await record([node.transform("a", 1)], ["start -> a"], {});
    const nodes = [...test.flow.nodes, FlowNode.parse({ ...step("approval", "may", { title: "May it?" }), deadlineMs: 1_000 })];
    const edges = [...test.flow.edges, { id: "e", source: "a", port: "out", target: "may" }];
    const { passed, error } = await runFlowTest({ jsonata, code }, { ...test, flow: { ...test.flow, nodes, edges } });
    expect([passed, error?.code]).toEqual([false, "deadline_passed"]);
  });
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
