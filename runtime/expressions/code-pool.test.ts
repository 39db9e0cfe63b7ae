import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/json.ts";
import { type CodePool, type CodeTask, createCodePool, startCodeProcess } from "./code-pool.ts";
import { forkConfined } from "./process-pool.ts";

const children: ChildProcess[] = [];
let pool: CodePool;

beforeAll(() => {
  pool = createCodePool({
    start() {
      const child = startCodeProcess();
      children.push(child);
      return child;
    },
  });
});
afterAll(() => pool.close());

function run(code: string, more: Partial<CodeTask> = {}) {
  return pool.run({ code, inputs: {}, timeoutMs: 5_000, key: "flow", ...more });
}

/** One long operation of QuickJS, which asks nobody whether it may go on. */
const unstoppable = `return "x".repeat(1e7).indexOf("x".repeat(1e5) + "y")`;

describe("code", () => {
  it.each<[string, Json]>([
    ["return inputs.order.lines.map(({ price }) => price * 2)", [4, 6]],
    ["const later = await Promise.resolve(inputs.name); return later.toUpperCase() // a comment", "ADA"],
    ["return", null],
    ["return { a: undefined, b: () => 1, c: Symbol('c'), d: [undefined, () => 1], e: NaN, f: new Date(0) }", null],
    ["return () => 1", null],
    ["let d = 0; for (let i = 1; i < 500; i++) d = [d]; return JSON.stringify(d).length", 999],
    ['return JSON.parse(\'{"__proto__": {"x": 1}}\')', JSON.parse('{"__proto__": {"x": 1}}') as Json],
    ["return 'é\\ud800\\u0000'", "é\ud800\u0000"],
    ["return [typeof Date.now(), typeof Math.random(), new Date(0).getHours()]", ["number", "number", 0]],
  ])("%s", async (code, expected) => {
    const value = code.includes("undefined,") ? { d: [null, null], e: null, f: "1970-01-01T00:00:00.000Z" } : expected;
    const inputs = { order: { lines: [{ price: 2 }, { price: 3 }] }, name: "Ada" };
    expect(await run(code, { inputs })).toEqual({ outcome: "value", value, console: [] });
  });

  it("cannot change its inputs, however deep", async () => {
    const result = await run("inputs.a[0].b = 2", { inputs: { a: [{ b: 1 }] } });
    expect(result).toMatchObject({ outcome: "failed", fault: { name: "TypeError", message: "'b' is read-only" } });
  });

  it("keeps what it prints, also when it fails", async () => {
    const result = await run(`console.log("a", 1, { b: [2n] }, null); console.error(new RangeError("no")); throw 1`);
    expect(result).toMatchObject({ outcome: "failed", fault: { name: null, message: "1" } });
    expect(result).toHaveProperty("console", [
      { level: "log", text: `a 1 {"b":["2n"]} null` },
      { level: "error", text: "RangeError: no" },
    ]);
  });

  it.each([
    ["200 lines", "for (let i = 0; i < 300; i++) console.log(i)", 200, 3],
    ["64 KB", "for (let i = 0; i < 9; i++) console.info('é'.repeat(5_000))", 7, 5_536 / 2],
    ["64 KB of one line", "console.debug('y'.repeat(1e6)); console.debug('z')", 1, 65_536],
  ])("prints at most %s", async (_, code, kept, lastLength) => {
    const { console } = (await run(code)) as { console: { text: string }[] };
    expect(console).toHaveLength(kept + 1);
    expect([console.at(-2)?.text.length, console.at(-1)]).toEqual([lastLength, { level: "warn", text: "… more was cut" }]);
  });

  it.each([
    ["throw new TypeError('no')", "TypeError", "no", 3],
    ["null.x", "TypeError", "cannot read property 'x' of null", 3],
    ["await Promise.reject(new Error('later'))", "Error", "later", 3],
    ["let = 1", "SyntaxError", "variable name expected", 3],
    ["if (true) {", "SyntaxError", "unexpected token in expression: ')'", 3],
    ["throw { name: 'Mine', message: 'own' }", "Mine", "own", null],
    ["const f = () => f() + 1; f()", "InternalError", "stack overflow", 3],
    ["await new Promise(() => {})", null, "it waits for something that never comes", null],
  ])("says where %s went wrong", async (last, name, message, line) => {
    const result = await run(`\n// é\n${last}`);
    expect(result).toMatchObject({ outcome: "failed", fault: { code: "code_failed", name, message, line } });
  });

  it("counts columns in the code as it is written", async () => {
    expect(await run("throw   missing")).toMatchObject({ fault: { line: 1, column: 9, message: "'missing' is not defined" } });
  });

  it.each([
    ["return { a: 1n }", "it holds a BigInt, which must be made a text or a number"],
    ["const a = {}; a.a = [a]; return a", "a value holds itself"],
    ["let d = 0; for (let i = 0; i < 501; i++) d = [d]; return d", "it nests deeper than 500 levels"],
    ["let d = 0; for (let i = 0; i < 5e4; i++) d = [d]; return d", "it nests deeper than 500 levels"],
    ["return 'x'.repeat(10_485_759)", "it has more than 10 MB"],
    ["return 'é'.repeat(5_242_880)", "it has more than 10 MB"],
    ["return { get a() { throw new Error('own') } }", "own"],
  ])("fails when its output is no JSON: %s", async (code, problem) => {
    expect(await run(code)).toMatchObject({ outcome: "failed", fault: { message: `its output is no JSON: ${problem}` } });
  });
});

describe("code that attacks", () => {
  it.each<[string, string, unknown]>([
    ["X1", "return this.constructor.constructor('return process')()", { fault: { name: "TypeError" } }],
    ["X1", "return (() => {}).constructor('return typeof process + typeof require')()", { value: "undefinedundefined" }],
    ["X1", "return console.log.constructor('return typeof process')()", { value: "undefined" }],
    ["X2", "with (inputs) { constructor }", { fault: { name: "SyntaxError" } }],
    ["X2", "return Function('with (this) { return typeof process }')()", { value: "undefined" }],
    ["X3", "throw { get message() { return this.constructor.constructor('return process')().pid } }", { outcome: "failed" }],
    ["X3", "throw { get name() { throw 1 } }", { fault: { message: "what was thrown cannot be shown" } }],
    [
      "X4",
      "class Own extends Promise { static get [Symbol.species]() { return function (f) { f(() => {}, () => {}); this.seen = f.constructor('return typeof process')(); } } }; return Own.resolve(1).then(() => 2).seen",
      { value: "undefined" },
    ],
    [
      "X5",
      "const seen = []; console.log(new Proxy({}, { get(_, key, self) { seen.push(typeof key); return undefined } })); return typeof seen[0]",
      { value: "string" },
    ],
    ["X5", "console.log.apply(null, new Proxy([], { get() { throw new Error('trap') } }))", { fault: { message: "trap" } }],
    ["X6", "return await import('node:fs')", { fault: { name: "ReferenceError", message: "could not load module 'node:fs'" } }],
    [
      "X6",
      "return [typeof require, typeof fetch, typeof process, typeof setTimeout, typeof WebAssembly, typeof std].join()",
      { value: Array(6).fill("undefined").join() },
    ],
    ["X8", "process.exit(1)", { fault: { name: "ReferenceError" } }],
    ["X11", "require('fs').writeFileSync('/etc/hosts', '')", { fault: { name: "ReferenceError" } }],
    ["its end", "}); globalThis.out = 1; (async function () { return typeof process", { value: "undefined" }],
  ])("%s: %s", async (_, code, expected) => {
    expect(await run(code)).toMatchObject(expected as object);
  });

  it.each([
    ["an endless loop", "for (;;) {}", "code_timeout"],
    ["one that catches what ends it", "for (;;) try { for (;;) {} } catch {} finally { for (;;) {} }", "code_timeout"],
    ["microtasks without end", "const on = () => Promise.resolve().then(on); await on()", "code_timeout"],
    ["a regular expression", "return /(a+)+$/.test('a'.repeat(40) + '!')", "code_timeout"],
    ["getters of its output", "return { get a() { for (;;) {} } }", "code_timeout"],
    ["what it throws", "throw { get message() { for (;;) {} } }", "code_timeout"],
    ["a list of a thousand million", "return new Array(1e9).fill(1)", "code_memory"],
    ["typed arrays", "const kept = []; for (;;) kept.push(new Uint8Array(1e7))", "code_memory"],
    ["strings of 2 GB", "let s = 'x'; for (;;) s += s", "code_failed"],
    [
      "a million promises",
      "const all = []; for (let i = 0; i < 1e6; i++) all.push(Promise.resolve(i)); await Promise.all(all)",
      "",
    ],
  ])("X7: %s", async (_, code, expected) => {
    const timeoutMs = expected === "code_timeout" ? 60 : 3_000;
    const result = await run(code, { timeoutMs });
    const codes = expected === "" ? ["code_timeout", "code_memory"] : [expected];
    expect(codes).toContain(result.outcome === "failed" && result.fault.code);
  });

  it("X7: holds no other run up", async () => {
    const controller = new AbortController();
    const stuck = [1, 2].map(() => run(unstoppable, { signal: controller.signal }));
    const others = await Promise.all(Array.from({ length: 20 }, (_, at) => run(`return ${at}`, { key: "another" })));
    expect(others.map((other) => other.outcome === "value" && other.value)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    controller.abort();
    expect(await Promise.all(stuck)).toEqual(Array(2).fill({ outcome: "canceled" }));
  });

  it("X7: is ended with its process at twice its time where it does not end by itself", async () => {
    await run("return 1");
    const since = performance.now();
    const result = await run(unstoppable, { timeoutMs: 300 });
    const elapsedMs = performance.now() - since;
    expect(result).toMatchObject({ fault: { code: "code_timeout", message: "it took longer than 300 ms" } });
    expect([elapsedMs >= 595, elapsedMs < 5_000]).toEqual([true, true]);
    expect(await run("return 1")).toMatchObject({ value: 1 });
  });

  it("X8: fails alone when its process ends, and another takes its place", async () => {
    await run("return 1");
    const running = run(unstoppable);
    const before = children.length;
    for (const child of children) child.kill("SIGKILL");
    expect(await running).toMatchObject({ fault: { code: "code_failed", message: "its process ended before it did" } });
    expect(await run("return 1")).toMatchObject({ value: 1 });
    expect(children.length).toBeGreaterThan(before);
  });

  it("X10: leaves nothing behind for the next run of the same text", async () => {
    const code =
      "const seen = [globalThis.kept, Array.prototype.kept, typeof JSON.kept]; globalThis.kept = Array.prototype.kept = JSON.kept = inputs.of; JSON.stringify = () => inputs.of; return seen";
    const clean = { outcome: "value", value: [null, null, "undefined"] };
    for (const of of ["a", "a", "a", "b"]) expect(await run(code, { inputs: { of }, key: of })).toMatchObject(clean);
  });

  it("leaves the server's memory as it was", async () => {
    const before = process.memoryUsage().rss;
    const bombs = ["const kept = []; for (;;) kept.push({})", "return 'x'.repeat(1e9)", "return 'x'.repeat(3e7)"];
    const results = await Promise.all(bombs.map((bomb) => run(bomb)));
    expect(results.map((result) => result.outcome === "failed" && result.fault.code)).toEqual(Array(3).fill("code_memory"));
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1_048_576);
  });
});

it("stops when its signal is aborted, waiting or at work", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const runs = [1, 2, 3].map(() => run(unstoppable, { signal }));
  controller.abort();
  expect(await Promise.all(runs)).toEqual(Array(3).fill({ outcome: "canceled" }));
  expect(await run("return 1", { signal })).toEqual({ outcome: "canceled" });
});

it("answers no more once it is closed, also those who wait", async () => {
  const waiting = [1, 2, 3, 4].map(() => run(unstoppable));
  const refused = Promise.all(waiting.map((each) => expect(each).rejects.toMatchObject({ code: "unavailable" })));
  await pool.close();
  await refused;
  await expect(run("return 1")).rejects.toMatchObject({ code: "unavailable" });
});

it("says so when no process can be started", async () => {
  const broken = createCodePool({ start: () => forkConfined("no-such-file.ts", { memoryMb: 64 }) });
  await expect(broken.run({ code: "", inputs: {}, timeoutMs: 1_000, key: "a" })).rejects.toMatchObject({ code: "internal" });
  await broken.close();
});
