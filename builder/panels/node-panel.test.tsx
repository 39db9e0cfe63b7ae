import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { CallNode, FlowNode } from "../../shared/flow/node.ts";
import { type FlowProblem, validateFlow } from "../../shared/flow/validate-flow.ts";
import { fakeServer, Refused } from "../testing/fake-server.ts";
import { renderPart } from "../testing/render-app.tsx";
import { NodePanel } from "./node-panel.tsx";
import type { FlowContext } from "./use-flow-context.ts";

const at = { position: { x: 0, y: 0 } };
const tracker: ConnectorDraft = {
  schemaVersion: 1,
  key: "tracker",
  name: "Tracker",
  description: "",
  baseUrl: "https://tracker.example",
  auth: { kind: "bearer" },
  incomingWebhooks: [],
  endpoints: [
    {
      key: "create-issue",
      name: "Create issue",
      method: "POST",
      path: "/projects/{project}/issues",
      parameters: [
        {
          key: "project",
          name: "Project",
          in: "path",
          type: "integer",
          required: true,
          link: {
            kind: "dynamic",
            endpoint: "list-projects",
            items: "",
            value: "id",
            label: "name",
            args: {},
            allowCustom: false,
          },
        },
        { key: "title", name: "Title", in: "body", type: "string", required: true },
        { key: "count", name: "Count", in: "body", type: "integer", required: false },
        { key: "open", name: "Open", in: "body", type: "boolean", required: false },
        { key: "labels", name: "Labels", in: "body", type: "array", required: false },
        { key: "kind", name: "Kind", in: "body", type: "string", required: false, schema: { enum: ["bug", "wish"] } },
        { key: "secret.field", name: "Dotted", in: "body", type: "string", required: false },
      ],
    },
  ],
};
const flow: Flow = {
  schemaVersion: 1,
  nodes: [
    { id: "event", name: "Event", kind: "webhook-trigger", sample: { issue: { title: "Broken", id: 7 } }, ...at },
    {
      id: "create",
      name: "Create",
      kind: "call",
      connector: "tracker",
      endpoint: "create-issue",
      connection: "con_1",
      inputs: {},
      ...at,
    },
  ],
  edges: [{ id: "e1", source: "event", port: "out", target: "create" }],
};
const context: FlowContext = {
  connectors: new Map([["tracker", tracker]]),
  used: { tracker: 1 },
  missing: new Set(),
  upgrades: [],
  connections: [],
  labels: { connectors: [], connections: {} },
  samples: new Map(),
  flows: new Map(),
};

/** The panel over a document that changes as the store would change it. */
function Editor({ start, shown, known = context }: { start: Flow; shown: string; known?: FlowContext }) {
  const [document, setDocument] = useState(start);
  const node = document.nodes.find(({ id }) => id === shown);
  const problems: FlowProblem[] = validateFlow(document, known.connectors).filter((problem) => problem.node === shown);
  latest = node;
  if (!node) return null;
  return (
    <NodePanel
      flow="flw_1"
      document={document}
      node={node}
      context={known}
      problems={problems}
      readOnly={false}
      onChange={(next) => setDocument({ ...document, nodes: document.nodes.map((each) => (each.id === next.id ? next : each)) })}
      onRunToHere={() => {}}
      onClose={() => {}}
    />
  );
}
let latest: FlowNode | undefined;
const inputs = () => (latest as CallNode).inputs;

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollIntoView = () => {};
});
afterEach(() => vi.unstubAllGlobals());

describe("the form of a call", () => {
  it("names what is missing beside its field, and takes it away once it is filled in", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    const title = screen.getByRole("textbox", { name: "Title" });
    expect(title).toBeInvalid();
    expect(title).toHaveAccessibleDescription(/required/i);
    await userEvent.type(title, "New");
    expect(title).toBeValid();
    expect(inputs()).toEqual({ title: "New" });
  });

  it("keeps numbers numbers, and leaves what is none as it was typed", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    await addOptional("Count");
    await userEvent.type(screen.getByRole("textbox", { name: "Count" }), "42");
    expect(inputs().count).toBe(42);
    await userEvent.type(screen.getByRole("textbox", { name: "Count" }), "x");
    expect(inputs().count).toBe("42x");
    expect(screen.getByRole("textbox", { name: "Count" })).toBeInvalid();
    await userEvent.clear(screen.getByRole("textbox", { name: "Count" }));
    expect(inputs()).not.toHaveProperty("count");
  });

  it("offers the values of an enum and of a boolean, and takes them back", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    await addOptional("Kind");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "wish");
    await addOptional("Open");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Open" }), "false");
    expect(inputs()).toEqual({ kind: "wish", open: false });
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Open" }), "Not set");
    expect(inputs()).toEqual({ kind: "wish" });
  });

  it("takes a key with a dot for one key", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    await addOptional("Dotted");
    await userEvent.type(screen.getByRole("textbox", { name: "Dotted" }), "v");
    expect(inputs()).toEqual({ "secret.field": "v" });
  });

  it("keeps a text that is no JSON in its field with the place of the fault, and the value as it was", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    await addOptional("Labels");
    const labels = screen.getByRole("textbox", { name: "Labels" });
    await userEvent.type(labels, '[["a"]');
    expect(inputs().labels).toEqual(["a"]);
    await userEvent.type(labels, ",");
    expect(labels).toHaveValue('["a"],');
    expect(labels).toHaveAccessibleDescription(/not JSON/);
    expect(inputs().labels).toEqual(["a"]);
  });

  it("adds an optional parameter by the keyboard alone", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    await userEvent.click(screen.getByRole("button", { name: /Add an optional parameter/ }));
    await userEvent.keyboard("coun{Enter}");
    expect(screen.getByRole("textbox", { name: "Count" })).toBeVisible();
    await userEvent.click(screen.getByRole("textbox", { name: "Search optional parameters" }));
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("region", { name: "Optional parameters" })).toBeNull();
  });
});

describe("an expression", () => {
  it("begins with = in an empty field, completes paths and shows what they give", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    await userEvent.type(screen.getByRole("textbox", { name: "Title" }), "=");
    const field = screen.getByRole("textbox", { name: "Title" });
    await userEvent.type(field, "{{{{trigger.body.issue.ti");
    expect(screen.getByRole("option", { name: /trigger\.body\.issue\.title/ })).toBeVisible();
    await userEvent.keyboard("{Enter}");
    expect(inputs().title).toBe("{{trigger.body.issue.title}}");
    expect(screen.getByTestId("preview")).toHaveTextContent("Broken");
  });

  it("is taken from the data tree by a click, into the field that was used last", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    await userEvent.type(screen.getByRole("textbox", { name: "Title" }), "Re: ");
    await userEvent.type(screen.getByRole("textbox", { name: "Search data" }), "title");
    await userEvent.click(screen.getByRole("treeitem", { name: "trigger.body.issue.title, string" }));
    expect(inputs().title).toBe("Re: {{trigger.body.issue.title}}");
  });

  it("gives way to a fixed value", async () => {
    const document = withInputs({ title: "{{trigger.body.issue.title}}" });
    fakeServer({});
    renderPart(<Editor start={document} shown="create" />);
    await userEvent.click(screen.getByRole("button", { name: "Use a fixed value for Title" }));
    expect(inputs()).not.toHaveProperty("title");
    expect(screen.getByRole("textbox", { name: "Title" })).toHaveValue("");
  });

  it("keeps the keyboard while it is written anew, and gives a number where it ends as one", async () => {
    fakeServer({});
    renderPart(<Editor start={withInputs({ count: "{{trigger.body.issue.id}}" })} shown="create" />);
    await userEvent.clear(screen.getByRole("textbox", { name: "Count" }));
    expect(inputs()).not.toHaveProperty("count");
    await userEvent.keyboard("12");
    expect(inputs().count).toBe(12);
    await userEvent.clear(screen.getByRole("textbox", { name: "Count" }));
    await userEvent.keyboard("{{{{trigger.body.issue.id}}");
    expect(inputs().count).toBe("{{trigger.body.issue.id}}");
  });

  it("that is closed is left alone by the Enter key", async () => {
    fakeServer({});
    renderPart(<Editor start={flow} shown="create" />);
    await userEvent.type(screen.getByRole("textbox", { name: "Title" }), "{{{{= $count(trigger.body) }}");
    expect(screen.queryByRole("listbox", { name: "Paths" })).toBeNull();
  });

  it("that refers to nothing is named in its field", () => {
    fakeServer({});
    renderPart(<Editor start={withInputs({ title: "{{steps.nothing.output}}" })} shown="create" />);
    expect(screen.getByRole("textbox", { name: "Title" })).toHaveAccessibleDescription(/does not exist/);
  });
});

describe("a linked list", () => {
  const listed = {
    result: {
      outcome: "listed",
      complete: true,
      options: [
        { value: 7, label: "Apollo" },
        { value: 8, label: "Zephyr" },
      ],
    },
  };
  const path = "POST /connectors/tracker/endpoints/create-issue/options";
  const open = async () => userEvent.click(screen.getByRole("combobox", { name: "Project" }));

  it("is asked for when it is opened, is searched, and sends the value with its type", async () => {
    const server = fakeServer({ [path]: listed });
    renderPart(<Editor start={flow} shown="create" />);
    expect(server.callsTo(path)).toHaveLength(0);
    await open();
    expect(await screen.findByRole("option", { name: /Apollo/ })).toBeVisible();
    await userEvent.type(screen.getByPlaceholderText("Search"), "zep");
    expect(screen.queryByRole("option", { name: /Apollo/ })).toBeNull();
    await userEvent.click(screen.getByRole("option", { name: /Zephyr/ }));
    expect(inputs().project).toBe(8);
    expect((latest as CallNode).labels).toEqual({ project: "Zephyr" });
    expect(server.callsTo(path)[0]?.body).toMatchObject({ parameter: "project", connection: "con_1" });
  });

  it.each([
    ["a connection is missing", { result: { outcome: "needs-connection" } }, /Choose a connection first/],
    [
      "another parameter is missing",
      { result: { outcome: "needs-parameters", parameters: [{ key: "w", name: "Workspace" }] } },
      /Choose “Workspace” first/,
    ],
    [
      "the linked endpoint fails",
      { result: { outcome: "failed", status: 500, message: "answered 500 Internal Server Error: boom", retryAfterMs: null } },
      /^The linked endpoint answered 500 Internal Server Error: boom$/,
    ],
    [
      "the answer has no list",
      { result: { outcome: "mismatch", message: "“values” is no list", answer: {} } },
      /not as the link says: “values” is no list/,
    ],
    ["the server refuses", new Refused(404, "not_found", "gone"), /gone/],
    ["it is empty", { result: { outcome: "listed", complete: true, options: [] } }, /The list is empty/],
  ])("says it when %s", async (_, answer, words) => {
    fakeServer({ [path]: answer });
    renderPart(<Editor start={flow} shown="create" />);
    await open();
    expect(await screen.findByText(words)).toBeVisible();
  });

  it("strikes through a value that is not in it any more, and does not take it away", async () => {
    fakeServer({ [path]: listed });
    renderPart(<Editor start={withInputs({ project: 99 })} shown="create" />);
    await open();
    await waitFor(() => expect(screen.getByText(/“99” is not in the list any more/)).toBeVisible());
    expect(inputs().project).toBe(99);
  });
});

describe("other kinds", () => {
  it("a branch gets conditions and loses them", async () => {
    const branch: FlowNode = {
      id: "check",
      name: "Check",
      kind: "branch",
      match: "all",
      conditions: [{ left: "{{trigger.body.issue.id}}", operator: "equals", right: "7" }],
      ...at,
    };
    fakeServer({});
    renderPart(<Editor start={withNode(branch)} shown="check" />);
    await userEvent.click(screen.getByRole("button", { name: "Add a condition" }));
    expect(latest).toMatchObject({ conditions: [{ operator: "equals" }, { operator: "equals" }] });
    const operator = screen.getByRole("combobox", { name: "Operator of condition 2" });
    await userEvent.selectOptions(operator, "is at least");
    expect(latest).toMatchObject({ conditions: [{}, { operator: "at-least" }] });
    expect(screen.getAllByLabelText("Compared with")).toHaveLength(2);
    await userEvent.selectOptions(operator, "is empty");
    await userEvent.click(screen.getByRole("radio", { name: "Any holds" }));
    expect(latest).toMatchObject({ match: "any", conditions: [{}, { operator: "is-empty" }] });
    await userEvent.click(screen.getByRole("button", { name: "Remove condition 1" }));
    expect(latest).toMatchObject({ conditions: [{ operator: "is-empty" }] });
  });

  it("a switch never gives the port of a case that is still there to another one", async () => {
    const condition = { left: "a", operator: "equals" as const, right: "a" };
    const node: FlowNode = {
      id: "route",
      name: "Route",
      kind: "switch",
      cases: [1, 2].map((n) => ({ port: `case-${n}`, name: `Case ${n}`, match: "all" as const, conditions: [condition] })),
      ...at,
    };
    fakeServer({});
    renderPart(<Editor start={withNode(node)} shown="route" />);
    await userEvent.click(screen.getByRole("button", { name: "Remove case Case 1" }));
    await userEvent.click(screen.getByRole("button", { name: "Add a case" }));
    expect((latest as typeof node).cases.map(({ port }) => port)).toEqual(["case-2", "case-3"]);
  });

  it("a transform is written field by field, and refuses a name twice", async () => {
    const node: FlowNode = { id: "shape", name: "Shape", kind: "transform", output: { a: "1" }, ...at };
    fakeServer({});
    renderPart(<Editor start={withNode(node)} shown="shape" />);
    await userEvent.click(screen.getByRole("button", { name: "Add a field" }));
    const name = screen.getByRole("textbox", { name: "Name of field 2 of Gives" });
    await userEvent.keyboard("a");
    expect(screen.getByText("there is a field “a” already")).toBeVisible();
    await userEvent.type(name, "b");
    await userEvent.type(screen.getByRole("textbox", { name: "Value of ab" }), "x");
    expect(latest).toMatchObject({ output: { a: "1", ab: "x" } });
  });

  it("a delay is written as a number and its unit, and kept in milliseconds", async () => {
    const node: FlowNode = { id: "pause", name: "Pause", kind: "delay", delayMs: 60_000, ...at };
    fakeServer({});
    renderPart(<Editor start={withNode(node)} shown="pause" />);
    const amount = screen.getByRole("textbox", { name: "Wait" });
    expect(amount).toHaveValue("1");
    await userEvent.clear(amount);
    await userEvent.type(amount, "1.5");
    expect(latest).toMatchObject({ delayMs: 90_000 });
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Unit" }), "days");
    expect(latest).toMatchObject({ delayMs: 1.5 * 86_400_000 });
    await userEvent.type(amount, "00");
    expect(amount).toHaveValue("1.500");
    await userEvent.clear(amount);
    await userEvent.type(amount, "367");
    expect(amount).toBeInvalid();
    expect(latest).toMatchObject({ delayMs: 36 * 86_400_000 });
  });

  it("a webhook trigger gets a hook URL, and its secret is shown once", async () => {
    const hook = {
      id: "hook_1",
      url: "http://p.example/hooks/hook_1",
      node: "event",
      secretSetAt: 1,
      kind: "static",
      needsSecret: true,
      recipe: "HMAC SHA256",
      settings: {},
    };
    const state = { flow: { id: "flw_1" }, version: null, hooks: [] as unknown[] };
    const server = fakeServer({
      "GET /flows/flw_1": () => state,
      "GET /hooks/hook_1": {
        hook: {
          ...hook,
          kind: "static",
          state: "active",
          reason: null,
          previousUntil: null,
          expiresAt: null,
          sheet: false,
          history: [],
          listener: { state: "storing", reason: "The flow is not published." },
        },
      },
      "PUT /flows/flw_1/hooks/event": () => {
        state.hooks = [hook];
        return { hook, secret: "whsec_once", verifyToken: null };
      },
    });
    renderPart(<Editor start={flow} shown="event" />);
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Sender" }), "GitHub");
    await userEvent.click(screen.getByRole("button", { name: "Create hook URL" }));
    expect(await screen.findByText("whsec_once")).toBeVisible();
    expect(await screen.findByText(hook.url)).toBeVisible();
    expect(screen.getByText("whsec_once").closest("[role=status]")).toHaveFocus();
    expect(await screen.findByText("Only storing")).toBeVisible();
    expect(server.callsTo("PUT /flows/flw_1/hooks/event")[0]?.body).toMatchObject({
      secret: "generate",
      recipe: { signature: { places: [{ in: "header", name: "x-hub-signature-256" }], valuePrefix: "sha256=" } },
    });
  });
});

async function addOptional(name: string): Promise<void> {
  await userEvent.click(
    screen.queryByRole("button", { name: /Add an optional parameter/ }) ??
      screen.getByRole("region", { name: "Optional parameters" }),
  );
  const list = screen.getByRole("region", { name: "Optional parameters" });
  await userEvent.click(within(list).getByRole("button", { name: new RegExp(`^${name}`) }));
}

function withInputs(given: CallNode["inputs"]): Flow {
  return { ...flow, nodes: flow.nodes.map((node) => (node.kind === "call" ? { ...node, inputs: given } : node)) };
}

function withNode(node: FlowNode): Flow {
  const [event] = flow.nodes;
  return { ...flow, nodes: event ? [event, node] : [], edges: [{ id: "e1", source: "event", port: "out", target: node.id }] };
}
