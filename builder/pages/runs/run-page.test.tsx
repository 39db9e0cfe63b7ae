import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Session } from "../../../shared/api/people.ts";
import type { RunSummary } from "../../../shared/api/runs.ts";
import type { FlowNode } from "../../../shared/flow/node.ts";
import type { JournalEntry } from "../../../shared/run/journal.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer, Refused } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { journal, journals, runSummary, session, version } from "../../testing/sample-run.ts";

let streams: ReturnType<typeof fakeEventSource>;
beforeEach(() => {
  streams = fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

// The store of runs outlives a test, so each shows a run of its own.
let shown = 0;

function show(
  run: RunSummary,
  entries: JournalEntry[],
  search = "",
  role: Session["person"]["role"] = "administrator",
  ofVersion = version,
) {
  const id = `run_${++shown}`;
  const server = fakeServer({
    "GET /session": { ...session, person: { ...session.person, role } },
    [`GET /runs/${id}`]: { run: { ...run, id }, version: ofVersion, entries, people: {} },
    [`POST /runs/${id}/cancel`]: {},
  });
  const app = renderApp(`/runs/${id}${search}`);
  return { ...app, id, server, user: userEvent.setup(), stream: () => streams(`/live/runs/${id}`)[0] };
}
const node = (id: string) => document.querySelector(`[data-node-id="${id}"]`);

test("answers at a glance: did it work, where did it stop, why", async () => {
  show(runSummary("failed"), journals.failed);
  expect(await screen.findByTestId("run-status")).toHaveTextContent("Failed");
  expect(screen.getByTestId("run-verdict")).toHaveTextContent("Stopped at Search contact: 400: emailAddress is required");
  expect(screen.getByTestId("step-panel")).toHaveAttribute("data-step", "search");
  expect(node("search")).toHaveAttribute("data-status", "failed");
  expect(node("known")).toHaveAttribute("data-status", "skipped");
  expect(screen.getByRole("button", { name: "Run again" })).toBeInTheDocument();
});

test("a run that has ended is kept as a test of its flow, under a name of its own", async () => {
  const { user, server, id } = show(runSummary("failed"), journals.failed);
  server.answers["POST /flows/flw_1/tests"] = new Refused(409, "conflict", "the flow has a test of that name");
  await user.click(await screen.findByRole("button", { name: "Save as test" }));
  const dialog = await screen.findByRole("dialog", { name: "Save as test" });
  expect(dialog).toHaveTextContent("The test holds the data of the run.");
  const name = within(dialog).getByLabelText(/^Name/);
  await user.clear(name);
  expect(within(dialog).getByRole("button", { name: "Keep with the flow" })).toBeDisabled();
  await user.type(name, " No e-mail ");
  await user.click(within(dialog).getByRole("button", { name: "Keep with the flow" }));
  await waitFor(() => expect(name).toHaveAccessibleDescription(/the flow has a test of that name/));
  server.answers["POST /flows/flw_1/tests"] = { test: "tst_1" };
  await user.type(name, "2");
  await user.click(within(dialog).getByRole("button", { name: "Keep with the flow" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(server.callsTo("POST /flows/flw_1/tests").at(-1)?.body).toEqual({ run: id, name: "No e-mail 2" });
});

test("those who may not change the flow have a run's test as a file", async () => {
  const { user, server, id } = show(runSummary("failed"), journals.failed, "", "user");
  const saved: Blob[] = [];
  URL.createObjectURL = (blob) => `blob:${saved.push(blob as Blob)}`;
  URL.revokeObjectURL = () => {};
  server.answers[`GET /runs/${id}/test`] = { patchbay: "flow-test", name: "Inbound lead" };
  await user.click(await screen.findByRole("button", { name: "Save as test" }));
  const dialog = await screen.findByRole("dialog", { name: "Save as test" });
  expect(within(dialog).queryByRole("button", { name: "Keep with the flow" })).toBeNull();
  await user.click(within(dialog).getByRole("button", { name: "Download file" }));
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(JSON.parse((await saved[0]?.text()) ?? "")).toMatchObject({ patchbay: "flow-test" });
});

test("follows a run to its end without a reload", async () => {
  const { stream } = show(runSummary("running"), journals.running);
  expect(await screen.findByTestId("run-status")).toHaveTextContent("Running");
  expect(node("search")).toHaveAttribute("data-status", "running");
  await waitFor(() => expect(stream()?.url).toContain("after=3"));
  const live = stream();
  for (const entry of journals.succeeded.slice(3)) live?.send("entry", entry);
  await waitFor(() => expect(screen.getByTestId("run-status")).toHaveTextContent("Succeeded"));
  expect(node("known")).toHaveAttribute("data-status", "succeeded");
  expect(screen.getByTestId("step-panel")).toHaveAttribute("data-step", "known");
  expect(screen.getByTestId("run-answer")).toHaveTextContent("Answered 200");
  expect(live?.closed).toBe(true);
});

test("begins with the step that matters, and fetches no values of another", async () => {
  const { server, id } = show(runSummary("failed"), journals.failed);
  await screen.findByTestId("run-status");
  const fetched = () => server.calls.map((call) => call.path).filter((path) => path.includes("/entries/"));
  await waitFor(() => expect(fetched()).toEqual([`/runs/${id}/entries/5`, `/runs/${id}/entries/6`]));
});

test("opens no stream for a run that is over", async () => {
  const { stream } = show(runSummary("succeeded"), journals.succeeded);
  await screen.findByTestId("run-status");
  expect(stream()).toBeUndefined();
});

test("opens the step that the address names, and names the one that is chosen", async () => {
  const { router, user } = show(runSummary("failed"), journals.failed, "?step=lead");
  await waitFor(() => expect(screen.getByTestId("step-panel")).toHaveAttribute("data-step", "lead"));
  await user.click(within(screen.getByRole("region", { name: "Timeline" })).getByRole("button", { name: /Contact found/ }));
  await waitFor(() => expect(router.state.location.search).toEqual({ step: "found" }));
  expect(screen.getByTestId("step-panel")).toHaveAttribute("data-step", "found");
});

test("opens the iteration that the address names, until another is chosen", async () => {
  const position = { x: 0, y: 0 };
  const nodes: FlowNode[] = [
    { id: "lead", name: "Lead", kind: "manual-trigger", sample: null, position },
    { id: "each", name: "Each", kind: "for-each", items: "{{trigger.body}}", concurrency: 1, onItemError: "continue", position },
    { id: "pay", name: "Pay", kind: "transform", output: {}, parent: "each", position },
  ];
  const edges = [{ id: "a", source: "lead", port: "out", target: "each" }];
  const paid = (index: number): Parameters<typeof journal>[number] => [
    3 + index,
    { kind: "step-succeeded", node: "pay", iteration: [index], startedAt: 1, ports: ["out"], values: ["output"] },
  ];
  const entries = journal(
    [0, { kind: "run-started", trigger: "lead" }],
    [1, { kind: "step-succeeded", node: "lead", startedAt: 1, ports: ["out"] }],
    [2, { kind: "container-started", node: "each", count: 4 }],
    ...[0, 1, 2, 3].map(paid),
  );
  const { user, router } = show(runSummary("running"), entries, "?step=pay[2]", "administrator", {
    ...version,
    document: { schemaVersion: 1, nodes, edges },
  });
  expect(await screen.findByText("Iteration 3")).toBeVisible();
  expect(screen.getByTestId("step-panel")).toHaveAttribute("data-step", "pay");
  await user.click(screen.getByRole("button", { name: "Iteration after, of Each" }));
  expect(await screen.findByText("Iteration 4")).toBeVisible();
  await router.navigate({
    to: "/runs/$run",
    params: { run: router.state.location.pathname.split("/")[2] ?? "" },
    search: { step: "pay[0]" },
  });
  expect(await screen.findByText("Iteration 1")).toBeVisible();
});

test("keeps a chosen step while the run goes on", async () => {
  const { stream } = show(runSummary("running"), journals.running, "?step=lead");
  await screen.findByTestId("run-status");
  await waitFor(() => expect(stream()).toBeDefined());
  for (const entry of journals.succeeded.slice(3)) stream()?.send("entry", entry);
  await waitFor(() => expect(screen.getByTestId("run-status")).toHaveTextContent("Succeeded"));
  expect(screen.getByTestId("step-panel")).toHaveAttribute("data-step", "lead");
});

test("cancels only after it was asked, and then says that it does", async () => {
  const { id, server, user } = show(runSummary("waiting"), journals.retrying);
  await user.click(await screen.findByRole("button", { name: "Cancel run" }));
  expect(server.callsTo(`POST /runs/${id}/cancel`)).toHaveLength(0);
  const question = screen.getByRole("alertdialog");
  expect(question).toHaveTextContent("stops before its next step");
  await user.click(within(question).getByRole("button", { name: "Cancel run" }));
  expect(await screen.findByRole("button", { name: "Canceling…" })).toBeDisabled();
  expect(server.callsTo(`POST /runs/${id}/cancel`)).toHaveLength(1);
});

test("says who canceled it, also where that comes while it is looked at", async () => {
  const { id, server, stream } = show(runSummary("waiting"), journals.retrying);
  await screen.findByTestId("run-status");
  await waitFor(() => expect(stream()).toBeDefined());
  const loaded = server.answers[`GET /runs/${id}`] as object;
  server.answers[`GET /runs/${id}`] = { ...loaded, people: { usr_2: "Ben" } };
  const number = journals.retrying.length + 1;
  stream()?.send("entry", { number, at: 1, kind: "cancel-requested", by: "usr_2" });
  expect(await screen.findByText("Ben")).toBeInTheDocument();
  expect(screen.getByText(/^Canceled by/)).toHaveTextContent("Canceled by Ben");
  expect(server.callsTo(`GET /runs/${id}`)).toHaveLength(2);
});

test.each([
  ["run_parent", /^run /],
  ["concurrency", /^a newer run of this flow$/],
])("says what canceled it where that is no person: %s", async (by, words) => {
  const start = journals.retrying.length;
  const requested = { number: start + 1, at: 1, kind: "cancel-requested", by } as const;
  const finished = { number: start + 2, at: 1, kind: "run-finished", status: "canceled" } as const;
  show(runSummary("canceled"), [...journals.retrying, requested, finished]);
  const who = await screen.findByText(/^Canceled by/);
  expect(who.querySelector("span")).toHaveTextContent(words);
});

test("runs again from what failed, and says before which calls are made a second time", async () => {
  const { id, server, user, router } = show(runSummary("failed"), journals.failed);
  const call = { node: "search", iteration: [], status: "failed", method: "POST", url: "https://api.example/x", sentAt: 1 };
  server.answers[`GET /runs/${id}/rerun-preview`] = {
    calls: [
      { ...call, step: "search", effect: "unsafe" },
      { ...call, step: "charge[2]", node: "charge", iteration: [2], effect: "read" },
    ],
    callCount: 2,
    unsafeCount: 1,
    flows: [],
    kept: ["lead"],
    keptCount: 1,
  };
  server.answers[`POST /runs/${id}/rerun`] = { run: "run_again" };
  await user.click(await screen.findByRole("button", { name: "Run again" }));
  const dialog = await screen.findByRole("dialog", { name: "Run again" });
  expect(await within(dialog).findByText("One of them may act twice.")).toBeInTheDocument();
  expect(dialog).toHaveTextContent("POST https://api.example/xSearch contact, sent");
  expect(dialog).toHaveTextContent("charge, iteration 3, sent");
  expect(within(dialog).getByRole("link", { name: "charge, iteration 3" })).toHaveAttribute(
    "href",
    `/runs/${id}?step=charge%5B2%5D`,
  );
  await user.click(within(dialog).getByRole("radio", { name: "Latest version" }));
  await user.click(within(dialog).getByRole("button", { name: "Start the run" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/runs/run_again"));
  expect(server.callsTo(`POST /runs/${id}/rerun`)[0]?.body).toEqual({ from: "failed", version: "latest" });
  expect(server.callsTo(`GET /runs/${id}/rerun-preview`).map(({ query }) => query.version)).toEqual(["same", "latest"]);
});

test("runs again from the step that is shown", async () => {
  const { id, server, user } = show(runSummary("failed", { rerunOf: "run_first" }), journals.failed);
  expect((await screen.findByRole("link", { name: /^run / })).getAttribute("href")).toBe("/runs/run_first");
  await user.click(await screen.findByRole("button", { name: "Run again from here" }));
  await waitFor(() =>
    expect(server.callsTo(`GET /runs/${id}/rerun-preview`)[0]?.query).toEqual({ from: "step", step: "search", version: "same" }),
  );
});

test("says for how many runs before it cancels them", async () => {
  const server = fakeServer({
    "GET /session": session,
    "GET /flows": { flows: [] },
    "GET /runs": { runs: [runSummary("waiting")], next: null },
    "POST /runs/bulk": { found: 2, again: 0, repeats: null, taken: 2, refused: 0, reasons: [] },
  });
  renderApp("/runs?status=waiting");
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Cancel these…" }));
  const question = await screen.findByRole("alertdialog", { name: "Cancel 2 runs?" });
  await user.click(within(question).getByRole("button", { name: "Cancel runs" }));
  await waitFor(() => expect(server.callsTo("POST /runs/bulk")).toHaveLength(2));
  expect(server.callsTo("POST /runs/bulk").map(({ body }) => body)).toEqual([
    { action: "cancel", filter: { status: "waiting" }, from: "failed", dryRun: true },
    { action: "cancel", filter: { status: "waiting" }, from: "failed" },
  ]);
});

test("shows a run that waits for a worker", async () => {
  show(runSummary("queued"), []);
  expect(await screen.findByTestId("run-status")).toHaveTextContent("Queued");
  expect(node("lead")).toHaveAttribute("data-status", "idle");
});

test("says that there is no such run, with the request's id", async () => {
  fakeServer({ "GET /session": session, "GET /runs/run_x": new Refused(404, "not_found", "there is no run run_x") });
  renderApp("/runs/run_x");
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The run could not be loaded");
  expect(alert).toHaveTextContent("there is no run run_x");
  expect(alert).toHaveTextContent("req_test");
});

test("has nothing that axe objects to", async () => {
  const { container } = show(runSummary("failed"), journals.failed);
  await screen.findByTestId("run-status");
  const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});
