import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../json.ts";
import { inText, type Path, parsePath, parseTemplate, pathsIn, readPath } from "./expression.ts";

const anyName = fc.oneof(
  fc.stringMatching(/^[A-Za-z_$][\w$-]{0,12}$/),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(..."\"'\\[]{}. \n"), maxLength: 8 }),
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "length", "0"),
);
const anyPath: fc.Arbitrary<Path> = fc.array(fc.oneof(anyName, fc.nat(999_999_999)), { minLength: 1, maxLength: 6 });

describe("parsePath", () => {
  it.each<[string, Path]>([
    ["trigger", ["trigger"]],
    ["steps.search-contacts.output", ["steps", "search-contacts", "output"]],
    ["steps.search.output.data[0].id", ["steps", "search", "output", "data", 0, "id"]],
    ["[0]", [0]],
    ["a[0][12]", ["a", 0, 12]],
    [`a["x y"].b`, ["a", "x y", "b"]],
    ["a['x y']", ["a", "x y"]],
    [String.raw`a["q\"q\\q"]`, ["a", `q"q\\q`]],
    [`a[""]`, ["a", ""]],
    ["$a._b.c$", ["$a", "_b", "c$"]],
    ["a[007]", ["a", 7]],
  ])("reads %j", (source, path) => {
    expect(parsePath(source)).toEqual(path);
  });

  it.each([
    "",
    ".",
    ".a",
    "a.",
    "a..b",
    "a b",
    " a",
    "a[",
    "a[]",
    "a[-1]",
    "a[1.5]",
    "a[x]",
    "a]",
    "a[0]b",
    `a["x]`,
    `a["x"]b`,
    "a.[0]",
    "a.0",
    "a[1234567890]",
    "a/b",
    "é",
  ])("takes %j for no path", (source) => {
    expect(parsePath(source)).toBeNull();
  });

  it("reads back every path that is written out", () => {
    fc.assert(
      fc.property(anyPath, fc.constantFrom(`"`, "'"), (path, quote) => {
        expect(parsePath(write(path, quote))).toEqual(path);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("parseTemplate", () => {
  it("keeps the path of a text that is one template", () => {
    expect(parseTemplate("{{ trigger.body }}")).toEqual({
      parts: [{ path: ["trigger", "body"], source: "trigger.body" }],
      whole: ["trigger", "body"],
    });
  });

  it("cuts a text into literals and paths", () => {
    expect(parseTemplate("Hello {{a.b}}, {{c}}!")).toEqual({
      parts: [
        { text: "Hello " },
        { path: ["a", "b"], source: "a.b" },
        { text: ", " },
        { path: ["c"], source: "c" },
        { text: "!" },
      ],
      whole: null,
    });
  });

  it.each([
    ["{{= $sum(trigger.body.items.price) }}", "$sum(trigger.body.items.price)"],
    [" \n{{=a}}\t", "a"],
    [`{{={"a": {"b": 1}}}}`, `{"a": {"b": 1}}`],
    ["{{= a }} and {{= b }}", "a }} and {{= b"],
    ["{{= }}}", "}"],
  ])("keeps the source of %j, which is one expression", (text, jsonata) => {
    expect(parseTemplate(text)).toEqual({ parts: [], whole: null, jsonata });
  });

  it("takes {{= for a name where it is quoted", () => {
    expect(parseTemplate(`{{a["{{="]}}`)).toMatchObject({ whole: ["a", "{{="] });
  });

  it.each(["", "plain", "{", "}", "{a}", "}}", "{ {a} }", `{"a":{"b":1}}`])("takes %j for text", (text) => {
    expect(parseTemplate(text)).toEqual({ parts: text === "" ? [] : [{ text }], whole: null });
  });

  it.each<[string, Path, string, string]>([
    ["{{{a}}}", ["a"], "{", "}"],
    [`{"x":{{a}}}`, ["a"], `{"x":`, "}"],
    [`{{a["}}"]}}`, ["a", "}}"], "", ""],
    [`{{a['{{b}}'].c}}`, ["a", "{{b}}", "c"], "", ""],
  ])("finds the placeholder in %j", (text, path, before, after) => {
    const template = parseTemplate(text);
    const literals = (part: string) => (part === "" ? [] : [{ text: part }]);
    expect(template).toMatchObject({ parts: [...literals(before), { path }, ...literals(after)] });
  });

  it.each([
    ["{{}}", "empty expression"],
    ["{{  }}", "empty expression"],
    ["{{a b}}", `cannot read the path "a b"`],
    ["{{a..b}} {{c}}", `cannot read the path "a..b"`],
    ["{{it's}} {{that's}}", `cannot read the path "it's"`],
    [`{{a["b}}`, `cannot read the path "a["b"`],
    ["{{=}}", "empty expression"],
    ["{{=  }}", "empty expression"],
    ["total: {{= $sum(x) }}", "an expression {{= … }} must be the whole value"],
    ["{{= $sum(x) }} in all", "an expression {{= … }} must be the whole value"],
    [`{{a}} {{= {"b": {"c": 1}} }} {{d}}`, "an expression {{= … }} must be the whole value"],
    ["{{ = a }}", `cannot read the path "= a"`],
  ])("says why it cannot read %j", (text, problem) => {
    expect(parseTemplate(text)).toMatchObject({ problem });
  });

  it.each(["{{a", "x {{a}", "{{a} }", "{{a{b}}", "{{ {{a}} }}", "{{a}} and {{b", "{{", "{{= a }", "{{="])(
    "takes %j for a mistake, not for text",
    (text) => {
      expect(parseTemplate(text)).toMatchObject({ problem: expect.stringContaining("no closing }}") });
    },
  );

  it("reads back every path inside text", () => {
    fc.assert(
      fc.property(anyPath, fc.stringMatching(/^[^{}]*$/), fc.stringMatching(/^[^{}]*$/), (path, before, after) => {
        const template = parseTemplate(`${before}{{${write(path, `"`)}}}${after}`);
        expect("parts" in template && template.parts.flatMap((part) => ("path" in part ? [part.path] : []))).toEqual([path]);
        expect("parts" in template && template.whole).toEqual(before === "" && after === "" ? path : null);
      }),
    );
  });

  it("never loses or invents text, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."{}[]\"'\\. a0"), maxLength: 40 }), (text) => {
        const template = parseTemplate(text);
        fc.pre("parts" in template);
        const literal = template.parts.map((part) => ("text" in part ? part.text : "")).join("");
        if (!text.includes("{{")) expect(literal).toBe(text);
        expect(literal).not.toContain("{{");
        expect(literal.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("readPath", () => {
  const root = { a: { b: [{ c: 1 }, null] }, "x y": false, text: "abc", nothing: null };

  it.each<[Path, unknown]>([
    [["a", "b", 0, "c"], 1],
    [["a", "b", 1], null],
    [["a", "b", "0", "c"], 1],
    [["x y"], false],
    [[], root],
    [["a", "b", 2], undefined],
    [["a", "b", 1, "c"], undefined],
    [["nothing", "at", "all"], undefined],
    [["text", "length"], undefined],
    [["text", 0], undefined],
    [["missing"], undefined],
  ])("reads %j", (path, value) => {
    expect(readPath(root, path)).toEqual(value);
  });

  it("finds nothing that is inherited, however deep", () => {
    const inherited = [
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      "valueOf",
      "__defineGetter__",
      "at",
      "map",
    ];
    fc.assert(
      fc.property(
        fc.json(),
        fc.constantFrom(...inherited),
        fc.array(fc.constantFrom(...inherited), { maxLength: 3 }),
        (json, first, more) => {
          const value: unknown = JSON.parse(json);
          fc.pre(!json.includes(first));
          expect(readPath(value, [first, ...more])).toBeUndefined();
        },
      ),
    );
  });

  it("reads an own property named __proto__ as data", () => {
    expect(readPath(JSON.parse(`{"__proto__":{"a":1}}`), ["__proto__", "a"])).toBe(1);
  });

  it("finds in any JSON what is there", () => {
    fc.assert(
      fc.property(anyPath, fc.jsonValue(), (path, leaf) => {
        // Built as text, so that `__proto__` becomes an own property as it does in a body.
        const json = path.reduceRight<string>(
          (inner, key) => (typeof key === "number" ? `{"${key}":${inner}}` : `{${JSON.stringify(key)}:${inner}}`),
          JSON.stringify(leaf),
        );
        expect(readPath(JSON.parse(json), path)).toEqual(JSON.parse(JSON.stringify(leaf)));
      }),
    );
  });
});

describe("pathsIn", () => {
  it("collects the paths of all strings inside a value, at any depth", () => {
    expect(pathsIn({ a: "{{x.y}} and {{z}}", b: [{ c: "{{[1]}}" }, 1, null, true, "text"] })).toEqual([["x", "y"], ["z"], [1]]);
  });

  it("finds none in a text that cannot be read, in names of fields, and in what is no text", () => {
    for (const value of ["{{a b}}", { "{{a}}": 1 }, 5, null, false]) expect(pathsIn(value)).toEqual([]);
  });
});

/** A path as a person or the data tree would write it: names plain where they can be, else quoted. */
function write(path: Path, quote: string): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      if (/^[A-Za-z_$][\w$-]*$/.test(key)) return index === 0 ? key : `.${key}`;
      return `[${quote}${key.replace(/["'\\]/g, "\\$&")}${quote}]`;
    })
    .join("");
}

it.each<[Json | undefined, string]>([
  [undefined, ""],
  [null, ""],
  ["text", "text"],
  [5, "5"],
  [{ a: [true] }, '{"a":[true]}'],
])("writes %o into text as %o", (value, text) => {
  expect(inText(value)).toBe(text);
});
