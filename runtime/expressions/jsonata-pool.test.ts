import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/json.ts";
import { createJsonataPool, type JsonataPool } from "./jsonata-pool.ts";

const input: Json = { trigger: { body: { items: [{ price: 2 }, { price: 3 }], name: "Ada" } }, steps: {} };
const hanging = "$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /(a+)+$/)";
let pool: JsonataPool;

beforeAll(() => {
  pool = createJsonataPool({ timeoutMs: 800 });
});
afterAll(() => pool.close());

async function evaluate(source: string, given: Json = input) {
  const [result] = await pool.evaluate({ sources: [source], input: given });
  return result;
}

describe("an expression", () => {
  it.each<[string, Json | undefined]>([
    ["$sum(trigger.body.items.price)", 5],
    ["trigger.body.items[price > 2]", { price: 3 }],
    ["trigger.body.items.price", [2, 3]],
    ["$map(trigger.body.items, function($i){ {'double': $i.price * 2} })", [{ double: 4 }, { double: 6 }]],
    ["trigger.body.missing", undefined],
    ["null", null],
    ["'a' & trigger.body.name", "aAda"],
    ["1/0", null],
    [`{"__proto__": {"x": 1}}.y`, undefined],
  ])("%s gives JSON", async (source, value) => {
    expect(await evaluate(source)).toEqual({ outcome: "value", value });
  });

  it("is one of many in a request, and each has its own outcome", async () => {
    const sources = ["1", "$error('no')", "trigger.body.name"];
    expect(await pool.evaluate({ sources, input })).toEqual([
      { outcome: "value", value: 1 },
      {
        outcome: "failed",
        code: "expression_failed",
        message: "the expression {{= $error('no') }} cannot be evaluated: no (at character 7)",
      },
      { outcome: "value", value: "Ada" },
    ]);
  });

  it.each([
    ["1 +", "Unexpected end of expression (at character 3)"],
    ["trigger.body.name + 1", `The left side of the "+" operator must evaluate to a number (at character 19)`],
    ["$unknown()", "Attempted to invoke a non-function (at character 9)"],
    ["function($x){ $x }", "it gives a function, not a value"],
    ["$sum", "it gives a function, not a value"],
    ["{'f': function($x){ $x }}", "it gives no JSON"],
    ["[1..1000000]", "The maximum sequence length of 1000000 was exceeded. (at character 4)"],
    ["($f := function($n){ 1 + $f($n + 1) }; $f(1))", /Stack overflow.*\(at character \d+\)/],
  ])("%s fails with the reason", async (source, reason) => {
    const result = await evaluate(source);
    expect(result).toMatchObject({ outcome: "failed", code: "expression_failed" });
    const message = result?.outcome === "failed" ? result.message : "";
    if (typeof reason === "string") expect(message.endsWith(` cannot be evaluated: ${reason}`)).toBe(true);
    else expect(message).toMatch(reason);
  });

  it("fails when it gives more than 1 MB", async () => {
    expect(await evaluate("$ & $", "x".repeat(524_287))).toMatchObject({ outcome: "value" });
    expect(await evaluate("$ & $", "x".repeat(524_288))).toMatchObject({
      outcome: "failed",
      message: "the expression {{= $ & $ }} cannot be evaluated: it gives more than 1 MB",
    });
  });

  it("reaches nothing but its input", async () => {
    for (const source of [
      "trigger.constructor",
      "trigger.body.constructor.constructor('return process')()",
      "$lookup(trigger, '__proto__')",
      "process.env",
      "globalThis",
    ])
      expect(await evaluate(source)).toEqual({ outcome: "value", value: undefined });
    await evaluate("trigger.body ~> |$|{'__proto__': {'polluted': true}}|");
    expect(await evaluate("trigger.body.polluted")).toEqual({ outcome: "value", value: undefined });
  });
});

describe("an expression that never ends", () => {
  it.each([
    ["by itself in a loop", "($f := function($n){ $f($n + 1) }; $f(1))", "200 ms"],
    ["in a regular expression, so that its process is ended", hanging, "800 ms"],
    ["in $pad, so that its process is ended", "$length($pad('x', 500000000))", "800 ms"],
  ])("fails %s", async (_, source, limit) => {
    const result = await evaluate(source);
    expect(result).toMatchObject({ outcome: "failed", message: expect.stringMatching(new RegExp(`${limit}|memory`)) });
    expect(await evaluate("1 + 1")).toEqual({ outcome: "value", value: 2 });
  });

  it("holds nobody up: those behind it are evaluated, and so is what comes later", async () => {
    const [stuck, ...others] = await Promise.all([
      ...[hanging, hanging].map((source) => evaluate(source)),
      ...Array.from({ length: 20 }, (_, index) => evaluate(String(index))),
    ]);
    expect(stuck).toMatchObject({ outcome: "failed", code: "expression_timeout" });
    expect(others.slice(1)).toEqual(Array.from({ length: 20 }, (_, value) => ({ outcome: "value", value })));
  });
});

it("takes those who ask in turns, so that nobody waits behind all that another one asks for", async () => {
  const ended: string[] = [];
  const ask = (key: string, source: string) =>
    pool.evaluate({ sources: [source], input: {} }, key).then(() => void ended.push(key));
  const busy = "$sum($map([1..2000], function($n){ $sqrt($n) }))";
  await Promise.all([...Array.from({ length: 30 }, () => ask("many", busy)), ask("one", "1")]);
  expect(ended).toHaveLength(31);
  expect(ended.indexOf("one")).toBeLessThan(10);
});

it("answers no more once it is closed, also those who wait", async () => {
  const waiting = evaluate(hanging);
  const closed = pool.close();
  await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
  await closed;
  await expect(evaluate("1")).rejects.toMatchObject({ code: "unavailable" });
});
