import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer, Refused } from "../../testing/fake-server.ts";
import { emptyFlow, violations } from "../../testing/open-editor.tsx";
import { renderApp } from "../../testing/render-app.tsx";
import { flow, session, startedAt } from "../../testing/sample-run.ts";
import Toaster from "../../ui/toaster.tsx";

vi.setConfig({ testTimeout: 20_000 });
beforeEach(() => {
  fakeEventSource();
  render(<Toaster />);
});
afterEach(() => vi.unstubAllGlobals());

const document = { patchbay: "flow", format: 1, name: "Leads" };
const preview = {
  name: "Leads",
  nodes: 4,
  slots: [
    { slot: "crm-1", connector: "crm", installed: true, connections: [{ id: "con_1", name: "Sales" }] },
    { slot: "mail-1", connector: "mail", installed: false, connections: [] },
  ],
  flows: [{ slot: "flow-1", name: "Alarm", flows: [{ id: "flw_1", name: "Page somebody" }] }],
  people: 1,
};

function open(answers: Record<string, unknown>) {
  const server = fakeServer({
    "GET /session": session,
    "GET /flows": { flows: [flow] },
    "POST /flow-imports/preview": preview,
    "GET /flows/flw_2": { flow: { ...flow, id: "flw_2", name: "Mine", state: "draft", version: null }, version: null, hooks: [] },
    "GET /flows/flw_2/draft": { revision: 1, document: emptyFlow, changed: true, savedAt: startedAt, pinned: {} },
    "GET /flows/flw_2/versions": { versions: [] },
    "GET /runs": { runs: [], next: null },
    "GET /connections": { connections: [] },
    ...answers,
  });
  return { server, user: userEvent.setup(), ...renderApp("/flows") };
}

async function choose(user: ReturnType<typeof userEvent.setup>, text: string) {
  await user.upload(await screen.findByLabelText("Import"), new File([text], "leads.flow.json", { type: "application/json" }));
}

it("shows the slots of a file, sends what fills them, and opens the draft", async () => {
  const { server, user, router } = open({
    "POST /flow-imports": { flow: "flw_2", notes: ['mail-1: choose a connection of "mail"'] },
  });
  await choose(user, JSON.stringify(document));
  expect(await screen.findByRole("dialog", { name: "Import “Leads”" })).toHaveTextContent("Only you may decide them");
  expect(server.callsTo("POST /flow-imports/preview").map(({ body }) => body)).toEqual([{ file: document }]);
  expect(screen.getByLabelText("Connection for mail-1")).toHaveAccessibleDescription(/“mail” is not installed/);
  expect(screen.getByLabelText("Flow for flow-1")).toHaveAccessibleDescription("It started a flow named “Alarm”.");
  expect(await violations()).toEqual([]);
  await user.selectOptions(screen.getByLabelText("Connection for crm-1"), "Sales");
  await user.selectOptions(screen.getByLabelText("Flow for flow-1"), "Page somebody");
  await user.clear(screen.getByLabelText(/^Name/));
  expect(screen.getByRole("button", { name: "Import" })).toBeDisabled();
  await user.type(screen.getByLabelText(/^Name/), " Mine ");
  await user.click(screen.getByRole("button", { name: "Import" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/flows/flw_2"));
  expect(server.callsTo("POST /flow-imports").map(({ body }) => body)).toEqual([
    { file: document, name: "Mine", slots: { "crm-1": "con_1" }, flows: { "flow-1": "flw_1" } },
  ]);
  expect(await screen.findByText('Still to do: mail-1: choose a connection of "mail".')).toBeInTheDocument();
});

it("says that a flow of the name exists, which the import leaves alone", async () => {
  const { user } = open({ "POST /flow-imports/preview": { ...preview, name: flow.name } });
  await choose(user, JSON.stringify(document));
  const name = await screen.findByLabelText(/^Name/);
  await waitFor(() => expect(name).toHaveAccessibleDescription(/^There is a flow of this name\. It stays as it is/));
  await user.type(name, " 2");
  expect(name).not.toHaveAccessibleDescription();
});

it("says what is wrong with a file, and offers nothing to do with it", async () => {
  const problems = ['node "x" has the kind "dream", which this version of Patchbay does not know', "edges: too many"];
  const { server, user } = open({
    "POST /flow-imports/preview": new Refused(400, "invalid_document", "the file cannot be imported", { problems }),
  });
  await choose(user, "{");
  expect(await screen.findByText("“leads.flow.json” is not a JSON file.")).toBeInTheDocument();
  expect(server.callsTo("POST /flow-imports/preview")).toEqual([]);
  await user.click(screen.getAllByRole("button", { name: "Close" }).at(-1) as Element);
  await choose(user, JSON.stringify(document));
  await waitFor(() =>
    expect(screen.getAllByRole("listitem", { hidden: false }).map((item) => item.textContent)).toEqual(problems),
  );
  expect(screen.queryByRole("button", { name: "Import" })).toBeNull();
});

it("keeps what was chosen when the import is refused", async () => {
  const { user, router } = open({ "POST /flow-imports": new Refused(400, "bad_request", "slots.crm-1: con_1 is gone") });
  await choose(user, JSON.stringify(document));
  await user.selectOptions(await screen.findByLabelText("Connection for crm-1"), "Sales");
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("slots.crm-1: con_1 is gone");
  expect(screen.getByLabelText("Connection for crm-1")).toHaveValue("con_1");
  expect(router.state.location.pathname).toBe("/flows");
});

it("is not offered to those who may not", async () => {
  open({ "GET /session": { ...session, person: { ...session.person, role: "user" } } });
  expect(await screen.findAllByTestId("flow-row")).toHaveLength(1);
  expect(screen.queryByLabelText("Import")).toBeNull();
});
