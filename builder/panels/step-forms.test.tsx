import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { maxCode } from "../../shared/flow/code-node.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import { longestWaitMs } from "../../shared/flow/node-base.ts";
import { defaultRetryPolicy } from "../../shared/run/retry.ts";
import { freshNode, type PlainKind } from "../canvas/add-node.ts";
import { fakeServer } from "../testing/fake-server.ts";
import { renderPart } from "../testing/render-app.tsx";
import { usualRetry } from "./call-policy.tsx";
import { longestCode } from "./code-form.tsx";
import { NodePanel } from "./node-panel.tsx";
import { longestSpanMs } from "./span-field.tsx";
import type { FlowContext } from "./use-flow-context.ts";

const trigger: FlowNode = { id: "order", name: "Order", kind: "webhook-trigger", sample: { n: 7 }, position: { x: 0, y: 0 } };
const account = { id: "con_1", name: "Shop", account: null, connector: { key: "shop", name: "Shop API" } };
const context: FlowContext = {
  connectors: new Map(),
  used: {},
  missing: new Set(),
  upgrades: [],
  // Of a connection these forms read no more than this.
  connections: [account as FlowContext["connections"][number]],
  labels: { connectors: [], connections: {} },
  samples: new Map(),
  flows: new Map(),
};
const empty: Flow = { schemaVersion: 1, nodes: [trigger], edges: [] };

let latest: FlowNode;
/** The panel of a new node of a kind; whatever it makes of it must be savable. */
function show(kind: PlainKind, change: (node: FlowNode) => FlowNode = (node) => node): void {
  const node = change(freshNode(empty, { kind }));
  const edge = { id: "e", source: "order", port: "out", target: node.id };
  renderPart(<Editor start={{ ...empty, nodes: [trigger, node], edges: [edge] }} shown={node.id} />);
}

function Editor({ start, shown }: { start: Flow; shown: string }) {
  const [document, setDocument] = useState(start);
  const node = document.nodes.find(({ id }) => id === shown);
  if (!node) return null;
  latest = node;
  return (
    <NodePanel
      flow="flw_1"
      document={document}
      node={node}
      context={context}
      problems={[]}
      readOnly={false}
      onChange={(next) => {
        expect(FlowNode.safeParse(next).error).toBeUndefined();
        setDocument((now) => ({ ...now, nodes: now.nodes.map((each) => (each.id === next.id ? next : each)) }));
      }}
      onRunToHere={() => {}}
      onClose={() => {}}
    />
  );
}

beforeEach(() => {
  fakeServer({
    "GET /flows": { flows: [{ id: "flw_2", name: "Invoice", state: "published", version: 3 }] },
    "GET /people": {
      people: [{ id: "per_1", name: "Ada", email: "ada@example.com", role: "user", joinedAt: 1 }],
      invitations: [],
    },
  });
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const field = (name: string | RegExp) => screen.getByRole("textbox", { name });
const choose = (name: string | RegExp, option: string) => userEvent.selectOptions(screen.getByRole("combobox", { name }), option);
const replace = async (name: string | RegExp, text: string) => {
  await userEvent.clear(field(name));
  await userEvent.type(field(name), text);
};

it("knows the limits of the contract without loading it", () => {
  expect({ longestSpanMs, longestCode, usualRetry }).toEqual({
    longestSpanMs: longestWaitMs,
    longestCode: maxCode,
    usualRetry: defaultRetryPolicy,
  });
});

it("sends a request: method, URL, body and connection", async () => {
  show("http");
  await choose("Method", "POST");
  await userEvent.type(field("URL"), "/orders");
  await choose("Connection", "Shop API · Shop");
  await userEvent.click(screen.getByRole("radio", { name: "Text" }));
  await userEvent.type(field("Text"), "hello");
  expect(latest).toMatchObject({
    method: "POST",
    url: "/orders",
    connector: "shop",
    connection: "con_1",
    bodyType: "text",
    body: "hello",
  });
  await choose("What it does", "read");
  await userEvent.type(field("Idempotency header"), "X-Key");
  await replace("Attempts", "7");
  expect(latest).toMatchObject({ effect: "read", idempotencyHeader: "X-Key", retry: { ...defaultRetryPolicy, maxAttempts: 7 } });
  expect(screen.queryByRole("combobox", { name: /nobody knows/ })).toBeNull();
});

it("writes code with named inputs, and takes no name that JavaScript would not", async () => {
  show("code");
  await replace("JavaScript", "return 1;");
  await userEvent.click(screen.getByRole("button", { name: "Add a field" }));
  await userEvent.type(field("Value of field1"), "x");
  await replace("Name of field 1 of Inputs", "a-b");
  expect(screen.getByRole("alert")).toHaveTextContent(/name as in JavaScript/);
  await replace("Time limit (seconds)", "2");
  expect(latest).toMatchObject({ code: "return 1;", timeoutMs: 2_000 });
  expect(Object.values(latest.kind === "code" ? latest.inputs : {})).toEqual(["x"]);
});

it("tries code with the samples at hand, and keeps what it gave as the sample", async () => {
  const trial = {
    output: { total: 3 },
    inferred: null,
    console: [{ level: "warn", text: "few rows" }],
    error: null,
    durationMs: 2,
  };
  const { callsTo, answers } = fakeServer({ "POST /code/trials": trial });
  show("code", (node) => ({ ...node, inputs: { n: "{{trigger.body.n}}", other: "{{trigger.body.gone}}" } }) as FlowNode);
  expect(screen.getByText("without other: there is no sample")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try it" }));
  await userEvent.click(await screen.findByRole("button", { name: "Use as the sample output" }));
  expect(callsTo("POST /code/trials")[0]?.body).toMatchObject({ inputs: { n: 7, other: null }, timeoutMs: 5_000 });
  expect(screen.getByRole("region", { name: "Console" })).toHaveTextContent("few rows");
  expect(latest).toMatchObject({ sample: { total: 3 } });

  const error = { code: "code_failed", name: "TypeError", message: "x is not a function", line: 2, column: 5 };
  answers["POST /code/trials"] = { ...trial, output: null, error };
  await userEvent.click(screen.getByRole("button", { name: "Try it" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("TypeError: x is not a function (line 2, column 5)");
});

it("runs through a list: which, how many at a time, and past failures", async () => {
  show("for-each");
  await userEvent.type(field("List"), "{{{{trigger.body.rows}}");
  await replace("At a time", "5");
  await choose("When an item fails", "continue");
  await userEvent.type(field("Result"), "{{{{index}}");
  expect(latest).toMatchObject({ items: "{{trigger.body.rows}}", concurrency: 5, onItemError: "continue", result: "{{index}}" });
  await userEvent.clear(field("Result"));
  expect(latest).not.toHaveProperty("result");
});

it("delays for a while, or until a time", async () => {
  show("delay");
  await userEvent.click(screen.getByRole("radio", { name: "At a time" }));
  await userEvent.type(field("Until"), "2030-01-01");
  expect(latest).toMatchObject({ until: "2030-01-01" });
  await userEvent.click(screen.getByRole("radio", { name: "After a while" }));
  await replace("Wait", "90");
  expect(latest).not.toHaveProperty("until");
  expect(latest).toMatchObject({ delayMs: 5_400_000 });
});

it("waits for an event that matches, and keeps a key while its field is empty", async () => {
  show("wait");
  await userEvent.click(screen.getByRole("checkbox", { name: /matching event/ }));
  await replace("Whose value at", "order.id");
  await userEvent.clear(field("Whose value at"));
  expect(field("Whose value at")).toHaveAccessibleDescription("This cannot be empty.");
  expect(latest).toMatchObject({ correlation: { trigger: "order", path: "order.id", key: "{{trigger.body.id}}" } });
  await userEvent.click(screen.getByRole("checkbox", { name: /matching event/ }));
  expect(latest).not.toHaveProperty("correlation");
});

it("asks a person, with a form, and only those who are chosen", async () => {
  show("approval");
  await replace("Title", "Pay?");
  await userEvent.click(await screen.findByRole("checkbox", { name: /Ada/ }));
  await userEvent.click(screen.getByRole("button", { name: "Add a field" }));
  expect(latest).toMatchObject({ title: "Pay?", approvers: ["per_1"], form: [{ key: "field_1" }] });
});

it("starts another flow of the workspace", async () => {
  show("sub-flow");
  await screen.findByRole("option", { name: "Invoice" });
  await choose("Flow", "Invoice");
  await userEvent.click(screen.getByRole("radio", { name: "Only starts it" }));
  expect(latest).toMatchObject({ flow: "flw_2", mode: "start" });
});

it("keeps values, and counts them", async () => {
  show("key-value");
  await choose("Operation", "increment");
  await userEvent.click(screen.getByRole("radio", { name: "All flows" }));
  await replace("Key", "orders");
  await replace("By", "5");
  expect(latest).toMatchObject({ operation: "increment", scope: "workspace", key: "orders", by: 5 });
});

it("remembers a key for no less than a second", async () => {
  show("once");
  await choose("Unit", "milliseconds");
  await replace("Remembered for", "1500");
  await userEvent.type(field("Remembered for"), "{Backspace}{Backspace}");
  expect(latest).toMatchObject({ windowMs: 1_500 });
});

it("ends the run with a message", async () => {
  show("stop");
  await userEvent.click(screen.getByRole("radio", { name: "Succeeded" }));
  await userEvent.type(field("Message"), "Nothing to do");
  expect(latest).toMatchObject({ status: "succeeded", message: "Nothing to do" });
});

it("goes on after a failure, and marks secrets, in every step that may have them", async () => {
  show("transform");
  await choose("When it fails", "continue");
  await userEvent.type(field(/Secret paths/), "token{enter}{enter}user.ssn");
  expect(latest).toMatchObject({ onError: "continue", secretPaths: ["token", "user.ssn"] });
  await userEvent.clear(field(/Secret paths/));
  await choose("When it fails", "fail");
  expect(Object.keys(latest)).not.toContain("secretPaths");
  expect(Object.keys(latest)).not.toContain("onError");
});

it("marks secrets in what a trigger gives", async () => {
  const called: FlowNode = { ...trigger, kind: "manual-trigger" };
  renderPart(<Editor start={{ ...empty, nodes: [called] }} shown="order" />);
  await userEvent.type(field(/Secret paths/), "body.token");
  expect(latest).toEqual({ ...called, secretPaths: ["body.token"] });
  await userEvent.clear(field(/Secret paths/));
  expect(latest).toEqual(called);
});
