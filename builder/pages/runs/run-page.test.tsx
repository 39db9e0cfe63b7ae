import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunSummary } from "../../../shared/api/runs.ts";
import type { JournalEntry } from "../../../shared/run/journal.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer, Refused } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { journals, runSummary, session, version } from "../../testing/sample-run.ts";

let streams: ReturnType<typeof fakeEventSource>;
beforeEach(() => {
  streams = fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

// The store of runs outlives a test, so each shows a run of its own.
let shown = 0;

function show(run: RunSummary, entries: JournalEntry[], search = "") {
  const id = `run_${++shown}`;
  const server = fakeServer({
    "GET /session": session,
    [`GET /runs/${id}`]: { run: { ...run, id }, version, entries },
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
