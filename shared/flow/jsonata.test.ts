import { describe, expect, it } from "vitest";
import { checkJsonata, maxJsonata, type Root } from "./jsonata.ts";

const trigger: Root = { root: "trigger" };
const all: Root = { root: "all" };
const step = (id: string): Root => ({ root: "step", id });
const unknown = (name: string): Root => ({ root: "unknown", name });

describe("checkJsonata", () => {
  it.each<[string, Root[]]>([
    ["1 + 1", []],
    ["trigger", [trigger]],
    ["trigger.body.items[price > 3].name", [trigger]],
    ["$sum(trigger.body.items.(price * quantity))", [trigger]],
    ["steps.search.output.total + steps.search.output.page", [step("search")]],
    ["steps.`search-contacts`.output", [step("search-contacts")]],
    ["steps.'search-contacts'.output", [step("search-contacts")]],
    ["$$.steps.search.output", [step("search")]],
    ["$.trigger.body", [trigger]],
    ["trigger.body.items[sku = $$.steps.pick.output.sku]", [trigger, step("pick")]],
    [`{"a": trigger.body.a, "b": steps.two.output}`, [trigger, step("two")]],
    ["trigger.body.items{sku: price}", [trigger]],
    ["trigger.body.items^(price)", [trigger]],
    ["$map(trigger.body.items, function($v){ $v.price * steps.rate.output })", [trigger, step("rate")]],
    ["($r := steps.rate.output; trigger.body.price * $r)", [step("rate"), trigger]],
    ["trigger.body.ok ? steps.a.output : steps.b.output", [trigger, step("a"), step("b")]],
    ["trigger.body ~> |items|{'price': price * 2}|", [trigger]],
    ["[trigger.body.a, trigger.body.b]", [trigger]],
    ["trigger.body.name ~> $uppercase()", [trigger]],
    ["trigger.body.items@$i.lines#$n.{'n': $n}", [trigger]],
    ["(trigger.body).items", [trigger]],
    ["$match(trigger.body.text, /a+/)", [trigger]],
    ["item.price * (index + 1)", [{ root: "item" }, { root: "index" }]],
  ])("finds what %j reads", (source, roots) => {
    expect(checkJsonata(source)).toMatchObject({ roots });
  });

  it.each<[string, string[][]]>([
    ["steps.a.output.b.c", [["steps", "a", "output", "b", "c"]]],
    ["$sum(trigger.body.items.price)", [["trigger", "body", "items", "price"]]],
    ["steps.`a-b`.output.items[x = 1].y", [["steps", "a-b", "output", "items"]]],
    ["trigger.body.items@$i.lines.x", [["trigger", "body", "items"]]],
    ["trigger.body.a^(b).c{d: e}", [["trigger", "body", "a"]]],
    ["$$.item.a & $.index", [["item", "a"], ["index"]]],
    ["(trigger.body).items", [["trigger", "body"]]],
    ["1 + $x", []],
  ])("follows %j as far as it is plain names", (source, paths) => {
    expect(checkJsonata(source)).toMatchObject({ paths });
  });

  it.each([
    "steps",
    "steps[a.output].b",
    "$keys(steps)",
    "steps.*.output",
    "$",
    "$$",
    "$lookup($, 'trigger')",
    "*",
    "**.id",
    "$eval('trigger')",
  ])("takes %j to read everything", (source) => {
    expect(checkJsonata(source)).toMatchObject({ roots: [all] });
  });

  it("takes a climb to the parent to read everything", () => {
    expect(checkJsonata("trigger.%.steps")).toMatchObject({ roots: [trigger, all] });
  });

  it.each([
    ["order.id", [unknown("order")]],
    ["step.search.output", [unknown("step")]],
    ["trigger.body.items.($$.order)", [trigger, unknown("order")]],
    // A hyphen is a minus sign in JSONata.
    ["steps.search-contacts.output", [step("search"), unknown("contacts")]],
  ])("names what the input of %j does not have", (source, roots) => {
    expect(checkJsonata(source)).toMatchObject({ roots });
  });

  it.each([
    ["1 +", "Unexpected end of expression", 3],
    ["(trigger.body", `Expected ")" before end of expression`, 13],
    ["trigger body", `Syntax error: "body"`, 12],
    ["$match(a, /x", "No terminating / in regular expression", 12],
    ["", "Unexpected end of expression", 0],
  ])("says what is wrong with %j and where", (source, problem, position) => {
    expect(checkJsonata(source)).toEqual({ problem, position });
  });

  it("refuses what is too long or nests too deep instead of overflowing", () => {
    expect(checkJsonata("1".repeat(maxJsonata + 1))).toEqual({
      problem: "an expression may have at most 20,000 characters",
      position: maxJsonata,
    });
    expect(checkJsonata("(".repeat(maxJsonata))).toMatchObject({ problem: expect.any(String) });
    expect(checkJsonata("[".repeat(9_000) + "]".repeat(9_000))).toSatisfy(
      (checked) => "problem" in checked || "roots" in checked,
    );
  });
});
