import { screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { Trigger } from "../../../shared/connector/trigger.ts";
import { recipeOfZoomFields } from "../../../shared/event/zoom-fields.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { sampleConnection, sampleConnector } from "../../testing/sample-connector.ts";

const session = {
  person: { id: "usr_1", name: "Ada", email: "ada@example.com", role: "administrator" },
  workspace: { id: "wsp_1", name: "Workshop" },
};
const document: Partial<ConnectorDraft> = {
  incomingWebhooks: [
    {
      key: "leads",
      name: "Leads",
      kind: "static",
      recipe: recipeOfZoomFields({ key: "x-signature", prefix: "", algorithm: "sha256" }),
      secretOrigin: "generated",
      challenges: [],
    },
  ],
  endpoints: [
    {
      key: "list",
      name: "List leads",
      method: "GET",
      path: "/leads",
      parameters: [{ key: "since", name: "Since", in: "query", type: "string", required: false }],
      responseSample: { data: [{ id: 7, name: "Mira" }] },
    },
  ],
};
const existing: Trigger = {
  key: "new-lead",
  name: "New lead",
  description: "",
  places: ["flows"],
  form: [],
  source: { kind: "webhook", webhook: "leads", filters: [] },
};
const tested = {
  passes: true,
  output: { id: 7 },
  message: null,
  problems: [],
  inferred: { type: "object" },
  items: [],
  cursor: null,
};

afterEach(() => vi.unstubAllGlobals());

function open(more: Partial<ConnectorDraft> = {}, served: Record<string, unknown> = {}) {
  fakeEventSource();
  const { loaded, answers } = sampleConnector({ ...document, ...more });
  const server = fakeServer({
    "GET /session": session,
    "GET /connections": { connections: [sampleConnection({ fields: [] })] },
    ...answers,
    ...served,
  });
  const { container } = renderApp("/connectors/tracker?section=triggers");
  return { server, loaded, container };
}

const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));
const choose = (label: string, option: string) => userEvent.selectOptions(screen.getByRole("combobox", { name: label }), option);
async function write(label: string, text: string): Promise<void> {
  const field = screen.getByLabelText(new RegExp(`^${label}`));
  await userEvent.clear(field);
  await userEvent.click(field);
  await userEvent.paste(text);
}
async function begin(name: string): Promise<void> {
  await press("Create trigger");
  await screen.findByRole("list", { name: "Steps" });
  await write("Name", name);
}
async function axeProblems(container: HTMLElement) {
  const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  return violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
}

describe("a trigger of an incoming webhook", () => {
  it("is made in steps, with a filter on its form and a transformation, and tested before flows get its schema", async () => {
    const { server, loaded, container } = open({}, { "POST /connectors/tracker/triggers/won-leads/test": tested });
    await begin("Won leads");
    expect(screen.getByLabelText(/^Key/)).toHaveValue("won-leads");
    await press("Next");
    await press("Add a filter");
    await write("Path in the body", "type");
    await write("Value", "{{inputs.kind}}");
    expect(await axeProblems(container)).toEqual([]);
    await press("Next");
    await press("Next");
    expect(screen.getByRole("button", { name: "Next" })).toBeDisabled();
    await press("Add “kind”");
    expect(await axeProblems(container)).toEqual([]);
    await press("Next");
    await userEvent.click(screen.getByRole("radio", { name: "JSON with paths" }));
    await write("Sample event", '{ "type": "won", "lead": { "id": 7 } }');
    await write("Output", '{ "id": ');
    await userEvent.click(await screen.findByRole("treeitem", { name: /^event\.body\.lead\.id,/ }));
    const output = screen.getByRole("textbox", { name: "Output" });
    expect(output).toHaveValue('{ "id": "{{event.body.lead.id}}"');
    await userEvent.click(output);
    await userEvent.paste(" }");
    expect(await axeProblems(container)).toEqual([]);
    await press("Save and test");
    await write("Kind", "won");
    await press("Run test");
    expect(await screen.findByText("It would start a run")).toBeVisible();
    expect(server.callsTo("POST /connectors/tracker/triggers/won-leads/test")[0]?.body).toEqual({
      connection: null,
      inputs: { kind: "won" },
      body: { type: "won", lead: { id: 7 } },
    });
    expect(await axeProblems(container)).toEqual([]);
    await press("Pull output schema");
    await press("Save trigger");
    expect(await screen.findByTestId("trigger-row")).toHaveTextContent("Incoming webhook “Leads” · 1 filter");
    expect(loaded.document.triggers).toEqual([
      {
        key: "won-leads",
        name: "Won leads",
        description: "",
        places: ["flows"],
        source: { kind: "webhook", webhook: "leads", filters: [{ path: "type", operator: "equals", value: "{{inputs.kind}}" }] },
        form: [{ key: "kind", name: "Kind", type: "string", required: true }],
        transformation: { id: "{{event.body.lead.id}}" },
        sample: { type: "won", lead: { id: 7 } },
        outputSchema: { type: "object" },
      },
    ]);
    expect(await axeProblems(container)).toEqual([]);
  });

  it("takes its sample from the inbox, and says why an event would start nothing", async () => {
    const filtered = { ...tested, passes: false, output: null, message: "the event does not pass the filters", inferred: null };
    const { server } = open(
      { triggers: [existing] },
      {
        "POST /connectors/tracker/triggers/new-lead/test": filtered,
        "GET /events": {
          events: [{ id: "evt_1", eventType: "lead.lost", flow: { id: "flw_1", name: "Leads" }, receivedAt: 1 }],
          next: null,
        },
        "GET /events/evt_1": { event: { body: '{"type":"lost"}', parseError: null } },
      },
    );
    await press("New lead");
    await userEvent.click(await screen.findByRole("button", { name: /Test/ }));
    expect(await screen.findByText("Paste an event, or take one from the inbox.")).toBeVisible();
    await press("Take one from the inbox");
    await userEvent.click(await screen.findByRole("button", { name: /lead\.lost/ }));
    await waitFor(() => expect(screen.getByLabelText(/^Sample event/)).toHaveValue('{\n  "type": "lost"\n}'));
    await press("Run test");
    expect(await screen.findByText("It would start nothing")).toBeVisible();
    expect(screen.getByText("The event does not pass the filters.")).toBeVisible();
    expect(server.callsTo("PATCH /connectors/tracker")).toHaveLength(1);
  });

  it("keeps what is typed while it is being saved", async () => {
    const { server, loaded } = open();
    const save = server.answers["PATCH /connectors/tracker"] as (call: unknown) => unknown;
    let answer = () => {};
    server.answers["PATCH /connectors/tracker"] = (call: unknown) =>
      new Promise((resolve) => {
        answer = () => resolve(save(call));
      });
    await begin("Lead");
    for (let step = 0; step < 4; step++) await press("Next");
    await press("Save and test");
    await write("Sample event", '{ "type": "lost" }');
    answer();
    expect(await screen.findByRole("button", { name: "Run test" })).toBeEnabled();
    expect(screen.getByLabelText(/^Sample event/)).toHaveValue('{\n  "type": "lost"\n}');
    await press("Save trigger");
    answer();
    await screen.findByTestId("trigger-row");
    expect(loaded.document.triggers?.[0]?.sample).toEqual({ type: "lost" });
  });

  it("leads back to the step of what cannot be saved, and says it beside the field", async () => {
    const { loaded } = open({ triggers: [existing] });
    await begin("Lead");
    await write("Key", "new-lead");
    for (let step = 0; step < 4; step++) await press("Next");
    await press("Save and test");
    const key = await screen.findByLabelText(/^Key/);
    await waitFor(() => expect(key).toBeInvalid());
    expect(key).toHaveAccessibleDescription('there is a trigger "new-lead" already');
    expect(loaded.document.triggers).toEqual([existing]);
  });
});

describe("a trigger that polls", () => {
  it("asks an endpoint from where the last look ended, and shows what it finds", async () => {
    const { server, loaded } = open(
      {},
      {
        "POST /connectors/tracker/triggers/new-leads/test": { ...tested, items: [{ key: "7", item: { id: 7 } }], cursor: "7" },
      },
    );
    await begin("New leads");
    await press("Next");
    await userEvent.click(screen.getByRole("radio", { name: "Polling an endpoint" }));
    await choose("Endpoint", "List leads · GET /leads");
    await userEvent.click(screen.getByRole("textbox", { name: "Since" }));
    await press("{{cursor}}");
    await write("List in its answer", "data");
    await write("Id of an item", "id");
    await choose("Cursor", "The greatest value of the items");
    await write("Path in an item", "id");
    for (let step = 0; step < 3; step++) await press("Next");
    await press("Save and test");
    await press("Look now");
    expect(await screen.findByRole("list", { name: "Items" })).toHaveTextContent('7{"id":7}');
    expect(server.callsTo("POST /connectors/tracker/triggers/new-leads/test")[0]?.body).toEqual({
      connection: "con_1",
      inputs: {},
    });
    expect(loaded.document.triggers?.[0]?.source).toEqual({
      kind: "poll",
      endpoint: "list",
      inputs: { since: "{{cursor}}" },
      itemsPath: "data",
      dedupePath: "id",
      cursor: { path: "id", of: "greatest-item" },
      seeding: "skip",
      intervalMs: 300_000,
    });
  });
});

it("a trigger is deleted after it was asked, with what follows", async () => {
  const { loaded } = open({ triggers: [existing] });
  await press("Actions for New lead");
  await userEvent.click(await screen.findByRole("menuitem", { name: "Delete" }));
  expect(screen.getByRole("alertdialog")).toHaveTextContent("keep the version of the connector");
  await press("Delete trigger");
  await waitFor(() => expect(loaded.document.triggers).toEqual([]));
  expect(await screen.findByText("No triggers yet")).toBeVisible();
});
