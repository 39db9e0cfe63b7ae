import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPath } from "../../shared/flow/expression.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { writePath } from "../../shared/flow/path-text.ts";
import { typesIn } from "../../shared/flow/schema-path.ts";
import { typeFlow } from "../../shared/flow/type-flow.ts";
import type { Json } from "../../shared/json.ts";
import { compileValue, type Lookup } from "./resolve-template.ts";

const run: Json = {
  trigger: { body: { name: "Mira", age: 41, vip: false, nothing: null, tags: ["a", "b"], "two words": 2, list: [{ id: 7 }] } },
  steps: { search: { output: { total: 0, data: [] } } },
};
const lookup: Lookup = (path) => readPath(run, path) as Json | undefined;
const noExpression = () => undefined;
const resolve = (value: Json) => compileValue(value).resolve(lookup, noExpression);

describe("a value that is one template", () => {
  it.each<[string, Json | undefined]>([
    ["{{trigger.body.name}}", "Mira"],
    ["{{trigger.body.age}}", 41],
    ["{{trigger.body.vip}}", false],
    ["{{trigger.body.nothing}}", null],
    ["{{trigger.body.tags}}", ["a", "b"]],
    ["{{trigger.body.tags[1]}}", "b"],
    ["{{trigger.body.tags.length}}", 2],
    ["{{trigger.body.list[0].id}}", 7],
    ["{{ trigger.body.name }}", "Mira"],
    ['{{trigger.body["two words"]}}', 2],
    ["{{steps.search.output}}", { total: 0, data: [] }],
    ["{{trigger.body.tags[2]}}", undefined],
    ["{{trigger.body.name.first}}", undefined],
    ["{{trigger.body.nothing.more}}", undefined],
    ["{{steps.other.output}}", undefined],
  ])("%s keeps the type of what it finds", (template, found) => {
    expect(resolve(template)).toEqual(found);
  });
});

describe("templates in a text", () => {
  it.each([
    ["Dear {{trigger.body.name}},", "Dear Mira,"],
    ["{{trigger.body.name}}{{trigger.body.age}}", "Mira41"],
    ["{{trigger.body.missing}}.", "."],
    ["<{{trigger.body.nothing}}>", "<>"],
    ["tags: {{trigger.body.tags}}", 'tags: ["a","b"]'],
    ["vip: {{trigger.body.vip}}", "vip: false"],
    ["{ {trigger.body.name} }", "{ {trigger.body.name} }"],
    ["no template", "no template"],
    ["", ""],
  ])("%j becomes %j", (text, resolved) => {
    expect(resolve(text)).toBe(resolved);
  });

  it("are left as they stand where they cannot be read, never half resolved", () => {
    for (const text of ["{{trigger.body.name", "{{}} {{trigger.body.name}}", "{{trigger..name}} {{trigger.body.name}}"])
      expect(resolve(text)).toBe(text);
  });

  it("are not resolved again in what they gave", () => {
    const nested: Json = { trigger: { body: { name: "{{trigger.body.secret}}", secret: "hidden" } } };
    const value = compileValue({ whole: "{{trigger.body.name}}", inText: "<{{trigger.body.name}}>" });
    expect(value.resolve((path) => readPath(nested, path) as Json | undefined, noExpression)).toEqual({
      whole: "{{trigger.body.secret}}",
      inText: "<{{trigger.body.secret}}>",
    });
  });
});

describe("templates in objects and arrays", () => {
  it("leave out the fields that find nothing, and keep the places of an array", () => {
    expect(
      resolve({
        name: "{{trigger.body.name}}",
        missing: "{{trigger.body.missing}}",
        nothing: "{{trigger.body.nothing}}",
        list: ["{{trigger.body.missing}}", 1, { deep: "{{trigger.body.age}}", gone: "{{trigger.body.missing}}" }],
      }),
    ).toStrictEqual({ name: "Mira", nothing: null, list: [null, 1, { deep: 41 }] });
  });

  it("do not touch keys, and keep one named __proto__ as data", () => {
    const value = JSON.parse('{"{{trigger.body.name}}":1,"__proto__":{"a":"{{trigger.body.age}}"}}') as Json;
    const resolved = resolve(value) as Record<string, Json>;
    expect(Object.keys(resolved)).toEqual(["{{trigger.body.name}}", "__proto__"]);
    expect(Object.getOwnPropertyDescriptor(resolved, "__proto__")?.value).toEqual({ a: 41 });
    expect(Reflect.get(resolved, "a")).toBeUndefined();
  });

  it("gives a value of its own each time: one run cannot change another's", () => {
    const compiled = compileValue({ list: [{ fixed: true }] });
    const [first, second] = [compiled.resolve(lookup, noExpression), compiled.resolve(lookup, noExpression)] as {
      list: { fixed: boolean }[];
    }[];
    expect(first).toEqual(second);
    expect(first?.list).not.toBe(second?.list);
    expect(first?.list[0]).not.toBe(second?.list[0]);
  });
});

describe("a path", () => {
  it.each([
    "{{trigger.constructor}}",
    "{{trigger.body.__proto__}}",
    "{{trigger.body.toString}}",
    "{{trigger.body.tags.map}}",
    "{{trigger.body.name.length}}",
    "{{constructor.constructor}}",
    "{{__proto__.polluted}}",
  ])("reads own properties of objects and items of arrays only: %s finds nothing", (template) => {
    expect(resolve(template)).toBeUndefined();
    expect(resolve(`<${template}>`)).toBe("<>");
  });
});

it("leaves every value without templates as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes("{{"));
      expect(JSON.stringify(resolve(value as Json))).toBe(JSON.stringify(value));
    }),
  );
});

describe("a value that is one expression", () => {
  const results: Record<string, Json> = { "$sum(trigger.body.list)": 3, "steps.a.output": [1] };
  const expression = (source: string) => results[source];

  it("names the sources to be evaluated, each once, and what they read", () => {
    const value = {
      a: "{{= $sum(trigger.body.list) }}",
      b: ["{{=steps.a.output}}", "{{= $sum(trigger.body.list) }}"],
      c: "{{trigger.id}}",
    };
    const { expressions, roots } = compileValue(value);
    expect(expressions).toEqual(["$sum(trigger.body.list)", "steps.a.output"]);
    expect(roots).toEqual([{ root: "trigger" }, { root: "step", id: "a" }]);
    expect(compileValue("{{trigger.id}} and text").expressions).toEqual([]);
  });

  it("keeps the type of its result, which is absent like a path's when there is none", () => {
    const value = {
      sum: "{{= $sum(trigger.body.list) }}",
      list: ["{{= steps.a.output }}", "{{= nothing }}"],
      none: "{{= nothing }}",
    };
    expect(compileValue(value).resolve(lookup, expression)).toEqual({ sum: 3, list: [[1], null] });
    expect(compileValue("{{= nothing }}").resolve(lookup, expression)).toBeUndefined();
  });

  it("that cannot be read is still given to be evaluated, so that somebody says what is wrong", () => {
    expect(compileValue("{{= 1 + }}")).toMatchObject({ expressions: ["1 +"], roots: [] });
  });
});

it("gives a value exactly where the flow's types know one, of the type that they say", () => {
  const name = fc.constantFrom("a", "b", "two words", "length");
  const { sample } = fc.letrec<{ sample: Json }>((tie) => ({
    sample: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean()),
      fc.dictionary(name, tie("sample"), { minKeys: 1, maxKeys: 3 }),
      tie("sample").map((item) => [item]),
    ),
  }));
  const path = fc.array(fc.oneof(name, fc.constant(0)), { maxLength: 4 });
  fc.assert(
    fc.property(sample, path, (body, rest) => {
      const nodes = [
        { id: "start", name: "Start", position: { x: 0, y: 0 }, kind: "webhook-trigger", sample: body },
        { id: "use", name: "Use", position: { x: 0, y: 0 }, kind: "transform", output: 1 },
      ];
      const flow = Flow.parse({ schemaVersion: 1, nodes, edges: [{ id: "e", source: "start", target: "use" }] });
      const full = ["trigger", "body", ...rest];
      const found = typeFlow(flow).find({ node: "use" }, full);
      const value = compileValue(`{{${writePath(full)}}}`).resolve(
        (asked) => readPath({ trigger: { body } }, asked) as Json,
        noExpression,
      );
      expect(found?.outcome).toBe(value === undefined ? "absent" : "found");
      if (found?.outcome !== "found" || value === undefined) return;
      const type = Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;
      expect(typesIn(found.places)).toEqual([type]);
    }),
    { numRuns: 500 },
  );
});
