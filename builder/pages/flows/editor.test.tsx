import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer, Refused } from "../../testing/fake-server.ts";
import { emptyFlow, openEditor, plainFlow, violations } from "../../testing/open-editor.tsx";
import { renderApp } from "../../testing/render-app.tsx";
import { flow, session, startedAt } from "../../testing/sample-run.ts";

// Each loads the page anew on a machine that may be busy.
vi.setConfig({ testTimeout: 20_000 });
beforeEach(() => {
  fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

test("says on an empty canvas what to do first, and saves what is done", async () => {
  const { draft, saved, nodes } = await openEditor(emptyFlow);
  expect(screen.getByRole("heading", { name: "Add a trigger" })).toBeInTheDocument();
  // At once, without what else happens after a click: a moment later it is saved.
  fireEvent.click(screen.getByRole("button", { name: /^Manual/ }));
  expect(screen.getByTestId("save-state")).toHaveTextContent("Saving…");
  expect(nodes()).toEqual(["run-now"]);
  expect(screen.queryByRole("heading", { name: "Add a trigger" })).toBeNull();
  await saved();
  expect(screen.getByTestId("save-state")).toHaveTextContent("Draft saved");
  expect(draft.document.nodes).toMatchObject([{ id: "run-now", kind: "manual-trigger" }]);
  expect(draft.revision).toBe(4);
});

test("builds a flow by keyboard alone: add, connect, walk, delete, undo", async () => {
  const { user, draft, saved, nodes, selected, canvas } = await openEditor(emptyFlow);
  act(() => canvas.focus());
  await user.keyboard("{Tab}");
  await user.type(await screen.findByPlaceholderText(/Search triggers/), "manual{Enter}");
  await waitFor(() => expect(selected()).toEqual(["run-now"]));
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-id", "run-now"));
  await user.keyboard("{Tab}");
  await user.type(await screen.findByPlaceholderText(/Search triggers/), "all there{Enter}");
  await waitFor(() => expect(selected()).toEqual(["list-contacts"]));
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-id", "list-contacts"));
  await user.keyboard("{ArrowUp}");
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-id", "run-now"));
  await user.keyboard("{Tab}");
  await user.type(await screen.findByPlaceholderText(/Search triggers/), "transform{Enter}");
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-id", "transform"));
  await user.keyboard("c");
  await user.type(await screen.findByPlaceholderText("Search nodes…"), "list{Enter}");
  await saved();
  expect(draft.document.edges.map(({ source, target }) => [source, target])).toEqual([
    ["run-now", "list-contacts"],
    ["run-now", "transform"],
    ["transform", "list-contacts"],
  ]);
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-id", "transform"));
  await user.keyboard("{Delete}");
  expect(nodes()).toEqual(["run-now", "list-contacts"]);
  await user.keyboard("{Control>}z{/Control}");
  expect(nodes()).toHaveLength(3);
  await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
  await saved();
  expect(draft.document.nodes.map(({ id }) => id)).toEqual(["run-now", "list-contacts"]);
});

test("a window that closes takes the keyboard from nobody who has it already", async () => {
  const { user, canvas } = await openEditor(emptyFlow);
  act(() => canvas.focus());
  await user.keyboard("{Tab}");
  await user.type(await screen.findByPlaceholderText(/Search triggers/), "manual");
  const goOn = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement) || target.dataset.id !== "run-now") return;
    document.removeEventListener("focusin", goOn);
    screen.getByLabelText("Name of the node").focus();
  };
  document.addEventListener("focusin", goOn);
  const frame = () => new Promise(requestAnimationFrame);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByLabelText("Name of the node")).toHaveFocus());
  await waitFor(() => expect(screen.queryByPlaceholderText(/Search triggers/)).toBeNull());
  for (let count = 0; count < 5; count += 1) await frame();
  expect(screen.getByLabelText("Name of the node")).toHaveFocus();
});

test("takes an edge away again in the same window that connects, and says why another cannot be drawn", async () => {
  const { user, draft, saved, choose } = await openEditor(plainFlow);
  choose("shape");
  await user.keyboard("c");
  const options = within(await screen.findByRole("listbox")).getAllByRole("option");
  expect(options.map((option) => option.textContent)).toEqual([
    "AnswerConnected: choose it to take the edge away",
    expect.stringContaining("“Lead” is a trigger"),
  ]);
  await user.click(screen.getByRole("option", { name: /Answer/ }));
  await saved();
  expect(draft.document.edges.map(({ id }) => id)).toEqual(["lead-shape"]);
});

test("puts a node into an edge: at the edge itself, or before what a node leads to", async () => {
  const { user, draft, saved, choose, canvas } = await openEditor(plainFlow);
  const pairs = () => draft.document.edges.map(({ source, target }) => `${source} ${target}`).toSorted();
  fireEvent.click(canvas.querySelector('[data-edge-id="lead-shape"]') as Element);
  fireEvent.click(await screen.findByLabelText("Add a node between “Lead” and “Shape”"));
  await user.type(await screen.findByPlaceholderText(/Search triggers/), "delay{Enter}");
  await saved();
  expect(pairs()).toEqual(["delay shape", "lead delay", "shape answer"]);
  choose("shape");
  await user.keyboard("{Tab}");
  await user.selectOptions(await screen.findByLabelText("Where it goes"), "Before “Answer”");
  expect(screen.getByRole("dialog")).toHaveAccessibleName("Add a node between “Shape” and “Answer”");
  await user.type(screen.getByPlaceholderText(/Search triggers/), "transform{Enter}");
  await saved();
  expect(pairs()).toEqual(["delay shape", "lead delay", "shape transform", "transform answer"]);
  await user.keyboard("{Control>}zz{/Control}");
  await saved();
  expect(draft.document).toEqual(plainFlow);
});

test("copies nodes as text that can be pasted, with ids of their own", async () => {
  const { draft, saved, choose, nodes } = await openEditor(plainFlow);
  choose("shape");
  const clipboard = new Map<string, string>();
  const event = (name: string) =>
    Object.assign(new Event(name, { bubbles: true, cancelable: true }), {
      clipboardData: {
        setData: (type: string, text: string) => clipboard.set(type, text),
        getData: (type: string) => clipboard.get(type) ?? "",
      },
    });
  fireEvent(document.body, event("copy"));
  expect(JSON.parse(clipboard.get("text/plain") ?? "")).toMatchObject({ patchbay: "nodes", nodes: [{ id: "shape" }] });
  fireEvent(document.body, event("paste"));
  await waitFor(() => expect(nodes()).toContain("shape-2"));
  await saved();
  expect(draft.document.nodes).toHaveLength(4);
  clipboard.set("text/plain", "a shopping list");
  fireEvent(document.body, event("paste"));
  await act(async () => {});
  expect(nodes()).toHaveLength(4);
});

test("saves what is typed into a node's settings, as one step to undo", async () => {
  const { user, draft, saved, choose } = await openEditor(plainFlow);
  choose("shape");
  const name = await screen.findByRole("textbox", { name: /^Name/ });
  await user.clear(name);
  await user.type(name, "Pick");
  await saved();
  expect(draft.document.nodes[1]).toMatchObject({ id: "shape", name: "Pick" });
  await user.click(screen.getByRole("button", { name: "Undo" }));
  await saved();
  expect(draft.document.nodes[1]?.name).toBe("Shape");
});

test("shows that somebody else has saved, keeps what one has, and loads theirs when asked", async () => {
  const { user, draft, nodes, choose } = await openEditor(plainFlow);
  draft.revision = 9;
  draft.document = { ...plainFlow, nodes: plainFlow.nodes.slice(0, 2), edges: plainFlow.edges.slice(0, 1) };
  choose("shape");
  await user.keyboard("{Control>}d{/Control}");
  const alert = await screen.findByText(/Somebody else has saved this draft/);
  expect(alert).toBeInTheDocument();
  expect(screen.getByTestId("save-state")).toHaveTextContent("Not saved");
  expect(nodes()).toHaveLength(4);
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Keep mine as a copy" }));
  expect(JSON.parse(await navigator.clipboard.readText())).toMatchObject({ schemaVersion: 1, nodes: { length: 4 } });
  await user.click(screen.getByRole("button", { name: "Load theirs" }));
  await waitFor(() => expect(document.querySelectorAll(".react-flow__node")).toHaveLength(2));
  expect(screen.queryByText(/Somebody else/)).toBeNull();
});

test("asks before a page is left whose changes could not be saved, and saves them first when it can", async () => {
  const { user, server, save, choose, router } = await openEditor(plainFlow);
  server.answers["POST /flows/flw_1/draft/edits"] = new Refused(503, "unavailable", "starting");
  choose("shape");
  await user.keyboard("{Delete}");
  await user.click(screen.getByRole("link", { name: "Runs" }));
  const question = await screen.findByRole("alertdialog", { name: "Leave without saving?" });
  expect(router.state.location.pathname).toBe("/flows/flw_1");
  await user.click(within(question).getByRole("button", { name: "Stay" }));
  expect(screen.getByTestId("save-state")).toHaveTextContent("Offline, trying again");
  server.answers["POST /flows/flw_1/draft/edits"] = save;
  await user.click(screen.getByRole("link", { name: "Runs" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/runs"));
  const sent = server.callsTo("POST /flows/flw_1/draft/edits").map(({ body }) => body);
  expect(sent.at(-1)).toEqual(sent[0]);
});

test("keeps its keys to itself while somebody types or a window is open", async () => {
  const { user, nodes, choose } = await openEditor(plainFlow);
  choose("shape");
  await user.click(await screen.findByRole("textbox", { name: /^Name/ }));
  await user.keyboard("{Backspace}{Delete}c");
  expect(nodes()).toHaveLength(3);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("makes a flow from its name and opens its canvas", async () => {
  const server = fakeServer({
    "GET /session": session,
    "GET /flows": { flows: [] },
    "POST /flows": { flow: "flw_2" },
    "GET /flows/flw_2": { flow: { ...flow, id: "flw_2", name: "Mine", state: "draft", version: null }, version: null, hooks: [] },
    "GET /flows/flw_2/draft": { revision: 0, document: emptyFlow, changed: true, savedAt: startedAt },
    "GET /flows/flw_2/versions": { versions: [] },
    "GET /runs": { runs: [], next: null },
    "GET /connections": { connections: [] },
  });
  const user = userEvent.setup();
  renderApp("/flows");
  const [first] = await screen.findAllByRole("button", { name: "New flow" });
  await user.click(first as Element);
  await user.click(await screen.findByRole("button", { name: "Create flow" }));
  expect(screen.getByLabelText(/Name/)).toHaveAccessibleDescription("Enter a name.");
  await user.type(screen.getByLabelText(/Name/), "  Mine {Enter}");
  expect(await screen.findByRole("heading", { name: "Add a trigger" })).toBeInTheDocument();
  expect(screen.getAllByText("Draft").length).toBeGreaterThan(0);
  expect(server.callsTo("POST /flows").map(({ body }) => body)).toEqual([{ name: "Mine" }]);
});
