import { describe, expect, test } from "vitest";
import { Connector } from "../connector/connector.ts";
import { formProblems } from "./check-form.ts";
import { FormField } from "./form-field.ts";
import { FlowNode } from "./node.ts";
import { isTrigger } from "./node-ports.ts";
import { triggerProblems } from "./trigger-problems.ts";

const connector = Connector.parse({
  schemaVersion: 1,
  key: "crm",
  name: "CRM",
  description: "",
  baseUrl: "https://api.example.com",
  auth: { kind: "bearer" },
  endpoints: [
    {
      key: "people",
      name: "People",
      method: "GET",
      path: "/people",
      parameters: [
        {
          key: "state",
          name: "State",
          in: "query",
          type: "string",
          link: { kind: "static", values: [{ value: "new", label: "New" }] },
        },
      ],
    },
  ],
  incomingWebhooks: [
    { key: "static", name: "Static", kind: "static", recipe: { kind: "url-secret" } },
    {
      key: "hook",
      name: "Hook",
      kind: "resthook",
      recipe: { kind: "url-secret" },
      resthook: { subscribe: { endpoint: "people" }, unsubscribe: { endpoint: "people" } },
    },
  ],
  triggers: [
    {
      key: "pushed",
      name: "Pushed",
      source: { kind: "webhook", webhook: "static" },
      form: [
        { key: "list", name: "List", required: true },
        { key: "size", name: "Size", type: "number", required: true, default: 10 },
        { key: "state", name: "State", like: { endpoint: "people", parameter: "state" } },
      ],
    },
    { key: "subscribed", name: "Subscribed", source: { kind: "webhook", webhook: "hook" } },
    { key: "polled", name: "Polled", source: { kind: "poll", endpoint: "people", itemsPath: "", dedupePath: "id" } },
    { key: "rows", name: "Rows", places: ["workbooks"], source: { kind: "webhook", webhook: "static" } },
  ],
});
const connectors = new Map([["crm", connector]]);

/** Each problem as `code field`. */
function problems(more: object): string[] {
  const node = FlowNode.parse({ id: "n", name: "N", position: { x: 0, y: 0 }, ...more });
  if (!isTrigger(node)) return expect.fail("not a trigger");
  return triggerProblems(node, connectors).map(({ code, field }) => `${code} ${field}`);
}
const app = (trigger: string, more: object = {}) =>
  problems({ kind: "app-trigger", connector: "crm", trigger, connection: null, ...more });

describe("an app's trigger", () => {
  test("needs what its form requires, in the right types, and nothing else", () => {
    expect(app("pushed", { inputs: { list: "l" } })).toEqual([]);
    expect(app("pushed", { inputs: { list: "" } })).toEqual(["missing_input inputs.list"]);
    expect(app("pushed", { inputs: { list: "l", size: "many", state: "old", more: 1 } })).toEqual([
      "unknown_input inputs.more",
      "wrong_type inputs.size",
      "not_in_list inputs.state",
    ]);
  });

  test("needs a connection when it calls the API", () => {
    expect(app("subscribed")).toEqual(["missing_connection connection"]);
    expect(app("polled")).toEqual(["missing_connection connection"]);
    expect(app("polled", { connection: "con_1" })).toEqual([]);
  });

  test("has to be there, and be one for flows", () => {
    expect(app("pushed", { connector: "none" })).toEqual(["unknown_connector connector"]);
    expect(app("none")).toEqual(["unknown_trigger trigger"]);
    expect(app("rows")).toEqual(["wrong_place trigger"]);
  });
});

test("a schedule has five fields, or six", () => {
  const cron = (expression: string) =>
    problems({ kind: "schedule-trigger", schedule: { kind: "cron", expression, timeZone: "Europe/Berlin" } });
  expect(cron("0 9 * * 1-5")).toEqual([]);
  expect(cron("*/10 * * * * *")).toEqual([]);
  expect(cron("0 9 * *")).toEqual(["bad_schedule schedule.expression"]);
});

test("a form has each key once, and choices to choose from", () => {
  const form = [
    { key: "a", name: "A" },
    { key: "a", name: "B" },
    { key: "c", name: "C", type: "choice" },
  ];
  expect(problems({ kind: "manual-trigger", form })).toEqual(["duplicate_field form.1.key", "no_options form.2.options"]);
});

describe("what a person fills in", () => {
  const form = [
    { key: "name", name: "Name", required: true },
    { key: "size", name: "Size", type: "number" },
    { key: "sure", name: "Sure", type: "yes-no" },
    { key: "day", name: "Day", type: "date" },
    { key: "pick", name: "Pick", type: "choice", options: ["a", "b"] },
  ].map((field) => FormField.parse(field));
  const fields = (body: Parameters<typeof formProblems>[1]) => formProblems(form, body).map(({ field }) => field);

  test("passes when it is what the form asks for", () => {
    expect(fields({ name: "Ada", size: 1, sure: false, day: "2028-02-29", pick: "b" })).toEqual([]);
    expect(fields({ name: "Ada", size: null, pick: "" })).toEqual([]);
  });

  test("is refused by the field that it is wrong in", () => {
    expect(fields(undefined)).toEqual(["name"]);
    expect(fields("Ada")).toEqual(["body"]);
    expect(fields({ name: 1, size: "1", sure: "yes", day: "2027-02-29", pick: "c", more: 1 })).toEqual([
      "more",
      "name",
      "size",
      "sure",
      "day",
      "pick",
    ]);
  });
});
