import { afterAll, beforeAll, expect, it } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";
import { createRunSecrets } from "./run-secrets.ts";
import { createValueSealer } from "./secret-values.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const secret = 'p@ss w0rd/"1';
const forms = [secret, encodeURIComponent(secret), "p%40ss+w0rd", JSON.stringify(secret).slice(1, -1), btoa(secret)];
const start = { ...node.start(), secretPaths: ["body.secret"] } as FlowNode;
const at = { position: { x: 0, y: 0 } };
const step = (id: string, more: Record<string, Json>) => FlowNode.parse({ ...at, id, name: id, ...more });
const fails = (id: string, more: Record<string, Json> = {}) =>
  step(id, { kind: "code", code: `throw new Error("it says " + inputs.s)`, inputs: { s: "{{trigger.body.secret}}" }, ...more });

/** All that the database holds of runs. */
async function stored(): Promise<string> {
  const rows = await Promise.all([
    engine.pair.sql.read<object>(`SELECT entry, value_texts FROM journal`, []),
    engine.pair.sql.read<object>(`SELECT error FROM runs`, []),
    engine.pair.sql.read<object>(`SELECT value_text FROM key_values`, []),
    engine.pair.sql.read<object>(`SELECT before_text, after_text FROM key_value_changes`, []),
  ]);
  return rows
    .flat()
    .flatMap((row) => Object.values(row))
    .join("\n");
}

async function expectHidden(nodes: FlowNode[], edges: string[], value: Json = secret, told = forms) {
  const flow = await engine.publish([start, ...nodes], edges);
  const view = await engine.reaches(await engine.start(flow, { secret: value }));
  const text = await stored();
  for (const form of told) {
    expect(text).not.toContain(form);
    // In a text of a journal's row a quote has one more backslash.
    expect(text).not.toContain(JSON.stringify(form).slice(1, -1));
  }
  return view;
}

it.each<[string, FlowNode]>([
  ["code that throws it", fails("it")],
  ["a stop that tells it", step("it", { kind: "stop", status: "failed", message: "no {{trigger.body.secret}}" })],
  ["an expression that fails for it", node.transform("it", "{{= $number(trigger.body.secret) }}")],
  ["a request to it", step("it", { kind: "http", method: "GET", url: "{{trigger.body.secret}}" })],
])("no error tells what is secret: %s", async (_, failing) => {
  const { status, error, steps } = await expectHidden([failing], ["start -> it"]);
  expect(status).toBe("failed");
  expect(error?.message).toContain("***");
  if (steps.it?.error) expect(error?.message).toBe(steps.it.error.message);
});

it("no error tells it further on: a container's, one that a step reads, and one that another flow is started with", async () => {
  const reads = node.transform("reads", "{{steps.round.error.message}}");
  const round = step("round", { kind: "try" });
  const { status } = await expectHidden(
    [round, fails("inside", { parent: "round" }), reads],
    ["start -> round", "round:error -> reads"],
  );
  expect(status).toBe("succeeded");
});

it.each<[string, FlowNode]>([
  ["a URL", step("it", { kind: "http", method: "GET", url: "https://127.0.0.1:1/?a={{trigger.body.secret}}" })],
  [
    "a form",
    step("it", {
      kind: "http",
      method: "POST",
      url: "https://127.0.0.1:1/",
      bodyType: "form",
      body: { a: "{{trigger.body.secret}}" },
    }),
  ],
  ["base64", node.transform("it", "{{= $base64encode('me:' & trigger.body.secret) }}")],
  ["the text of an object", node.transform("it", "as {{trigger.body}}")],
  [
    "the name of a field",
    step("it", { kind: "code", code: "return { [inputs.s]: 1 }", inputs: { s: "{{trigger.body.secret}}" } }),
  ],
  [
    "a value that outlives the run",
    step("it", { kind: "key-value", operation: "put", key: "k", value: "{{trigger.body.secret}}" }),
  ],
])("what is secret is stored encrypted in other forms too: %s", async (_, using) => {
  await expectHidden([using], ["start -> it"]);
});

it("what is secret and outlives the run is read as it is, and secret there too", async () => {
  const put = step("put", { kind: "key-value", operation: "put", key: "kept", value: { of: "{{trigger.body.secret}}" } });
  const flow = await engine.publish([start, put], ["start -> put"]);
  await engine.reaches(await engine.start(flow, { secret }));
  const get = step("get", { kind: "key-value", operation: "get", key: "kept", scope: "workspace" });
  const putWide = { ...put, scope: "workspace" } as FlowNode;
  const { steps } = await expectHidden([putWide], ["start -> put"]);
  expect(steps.put?.status).toBe("succeeded");
  const reading = await engine.publish(
    [node.start(), get, node.call("use", "keyed", { inputs: { value: "{{steps.get.output.value.of}}" } })],
    ["start -> get", "get -> use"],
  );
  expect((await engine.reaches(await engine.start(reading))).status).toBe("succeeded");
  expect(engine.upstream.requests.at(-1)?.body).toEqual({ value: secret });
  expect(await stored()).not.toContain(secret);
});

it("a number is secret inside of text as well, and a text that is too short to be looked for is where it is marked", async () => {
  await expectHidden([node.transform("it", "number {{trigger.body.secret}}")], ["start -> it"], 98_765_432, ["98765432"]);
  await expectHidden([node.transform("it", 1)], ["start -> it"], "\u{1F511}", ["\u{1F511}"]);
  await expectHidden([node.transform("it", "{{trigger.body}}")], ["start -> it"], { q: "\u{1F512}" }, ["\u{1F512}"]);
});

it("what comes for a waiting step, what a container gives and what is answered are marked where they are journaled first", async () => {
  const wait = step("wait", { kind: "wait", secretPaths: ["body.token"] });
  const round = step("round", { kind: "try", result: { token: "{{= 'tok-' & 'of-round' }}" }, secretPaths: ["token"] });
  const answers = step("answers", {
    kind: "respond",
    body: { token: "{{= 'tok-' & 'answered' }}" },
    secretPaths: ["body.token"],
  });
  const flow = await engine.publish(
    [node.start(), wait, round, node.transform("inside", 1), answers].map((each) =>
      each.id === "inside" ? ({ ...each, parent: "round" } as FlowNode) : each,
    ),
    ["start -> wait", "wait -> round", "round:done -> answers"],
  );
  const run = await engine.start(flow);
  await engine.reaches(run, "waiting");
  await engine.pair.engine.signal(run, { kind: "resume", step: "wait", by: "link", body: { token: "tok-posted" } });
  expect((await engine.reaches(run)).status).toBe("succeeded");
  expect(await stored()).not.toMatch(/tok-(?:posted|of-round|answered)/);
});

it("a thousand secrets are found as one is, and the longest is masked whole", () => {
  const secrets = createRunSecrets(createValueSealer(Buffer.alloc(32, 1)), "wsp_a");
  secrets.mark({ all: Array.from({ length: 1_000 }, (_, index) => `secret-${index}`) }, ["all"]);
  expect(secrets.text("of secret-7, secret-777 and others")).toBe("of ***, *** and others");
  expect(secrets.hide({ output: ["nothing", "the secret-999"] }).output).toEqual(["nothing", { $sealed: expect.any(String) }]);
  expect(secrets.text("of secrecy")).toBe("of secrecy");
  expect(secrets.text("secret-7")).toBe("***");
});

it("what a sentence shows of a long secret that it has cut is masked as well", async () => {
  const long = Array.from({ length: 40 }, (_, index) => `${index}-key material/`).join("");
  const failing = step("it", { kind: "http", method: "GET", url: "{{trigger.body.secret}}" });
  const { error } = await expectHidden([failing], ["start -> it"], long, ["0-key material"]);
  expect(error?.message).toBe('url: "***" is not a URL');
});
