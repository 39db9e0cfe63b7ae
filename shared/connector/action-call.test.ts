import { expect, test } from "vitest";
import { Action } from "./action.ts";
import { actionInputs, actionOutput } from "./action-call.ts";

const action = Action.parse({
  key: "find",
  name: "Find",
  category: "retrieve",
  endpoint: "search",
  inputs: [{ parameter: "q" }, { parameter: "page" }],
  fixed: { size: 1 },
  output: [
    { name: "id", path: "data[0].id" },
    { name: "total", path: "total" },
    { name: "all", path: "" },
  ],
});

test("takes the inputs that it offers, and its fixed values whatever is given", () => {
  expect(actionInputs(action, { q: "x", size: 99, other: true })).toEqual({ q: "x", size: 1 });
});

test("gives its output fields, null for what the answer lacks", () => {
  const body = { data: [{ id: 7 }] };
  expect(actionOutput(action, body)).toEqual({ id: 7, total: null, all: body });
  expect(actionOutput({ ...action, output: undefined }, body)).toEqual(body);
});
