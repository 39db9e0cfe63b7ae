import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { FlowNode } from "../../shared/flow/node.ts";
import { defaultRetryPolicy } from "../../shared/run/retry.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { fakeServer, Refused } from "../testing/fake-server.ts";
import { renderPart } from "../testing/render-app.tsx";
import { journal, journals, version } from "../testing/sample-run.ts";
import { defaultAttempts } from "./node-settings.tsx";
import { StepAttempts } from "./step-attempts.tsx";
import { StepPanel } from "./step-panel.tsx";

afterEach(() => vi.unstubAllGlobals());

function values(number: number, named: Record<string, unknown>) {
  return { [`GET /runs/run_1/entries/${number}`]: { entry: {}, values: named } };
}

function show(name: keyof typeof journals, node: string, answers: Record<string, unknown> = {}) {
  const server = fakeServer(answers);
  const found = version.document.nodes.find((each) => each.id === node);
  if (!found) return expect.unreachable();
  renderPart(<StepPanel run="run_1" node={found} step={foldJournal(journals[name]).steps[node]} version={version} />);
  return { server, user: userEvent.setup() };
}

test("says why a step failed, what now, and opens its last attempt with request and response", async () => {
  show("failed", "search", {
    ...values(5, { request: { method: "POST", url: "http://sandbox/search" } }),
    ...values(6, { response: { status: 400, body: { error: "emailAddress" } } }),
  });
  const why = screen.getByRole("region", { name: "Why it failed" });
  expect(why).toHaveTextContent("400: emailAddress is required");
  expect(why).toHaveTextContent("The other side understood the request and said no.");
  expect(screen.getByRole("tab", { name: /Attempts/ })).toHaveAttribute("aria-selected", "true");
  const [last, first] = screen.getAllByTestId("attempt");
  expect(last).toHaveTextContent(/Attempt 2.*Rejected.*400/);
  expect(first).toHaveTextContent(/Attempt 1.*Rate limited.*429/);
  expect(await screen.findByRole("tree", { name: "Request" })).toHaveTextContent("http://sandbox/search");
  expect(await screen.findByRole("tree", { name: "Response" })).toHaveTextContent("emailAddress");
});

test("tells of an earlier attempt when it was tried again and with which key", async () => {
  const { user } = show("failed", "search", { ...values(3, { request: {} }), ...values(4, { response: {} }) });
  await user.click(screen.getByRole("button", { name: /Attempt 1/ }));
  const first = screen.getAllByTestId("attempt")[1];
  expect(first).toHaveTextContent("429: too many calls");
  expect(first).toHaveTextContent(/Tried again\d\d:\d\d:01, after 1.0 s, with a new key/);
  expect(first).toHaveTextContent("run_1/search/1");
});

test("opens a step that went well at its output, fetched by the number of its entry", async () => {
  const { server } = show("succeeded", "search", values(4, { output: { total: 1 } }));
  expect(await screen.findByRole("tree", { name: "Output" })).toHaveTextContent("total: 1");
  expect(server.calls.map((call) => call.path)).toEqual(["/runs/run_1/entries/4"]);
});

test("shows a fault in the place of a value and asks again", async () => {
  const { server, user } = show("succeeded", "search", {
    "GET /runs/run_1/entries/4": new Refused(500, "internal", "the disk is full"),
  });
  expect(await screen.findByRole("alert")).toHaveTextContent("Output could not be loaded: the disk is full");
  server.answers["GET /runs/run_1/entries/4"] = { entry: {}, values: { output: { total: 2 } } };
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("tree", { name: "Output" })).toHaveTextContent("total: 2");
});

test("says what a waiting step waits for, until when, and what came before", () => {
  show("retrying", "search");
  const why = screen.getByRole("region", { name: "Why it waits" });
  expect(why).toHaveTextContent(/Waiting to try again/);
  expect(why).toHaveTextContent(/Due at \d\d:00:01/);
  expect(why).toHaveTextContent("Last attempt: 429: too many calls");
});

test("shows what was sent when the outcome is unknown, and passes the decision on once", async () => {
  const { server, user } = show("unknown", "search", {
    ...values(3, { request: { url: "http://sandbox/search" } }),
    "POST /runs/run_1/steps/search/outcome": {},
  });
  const question = screen.getByRole("region", { name: "Outcome unknown" });
  expect(await within(question).findByRole("tree", { name: "What was sent" })).toHaveTextContent("http://sandbox/search");
  await user.click(within(question).getByRole("button", { name: "Send again" }));
  expect(await within(question).findByRole("status")).toHaveTextContent("it is being sent again");
  expect(within(question).queryByRole("button", { name: "Mark as failed" })).toBeNull();
  expect(server.callsTo("POST /runs/run_1/steps/search/outcome").map((call) => call.body)).toEqual([{ decision: "send-again" }]);
});

test("keeps the question open when the decision was not taken", async () => {
  const { user } = show("unknown", "search", {
    "POST /runs/run_1/steps/search/outcome": new Refused(409, "conflict", "the step does not wait for a decision"),
  });
  await user.click(screen.getByRole("button", { name: "Mark as failed" }));
  expect(await screen.findByText(/The decision was not taken: the step does not wait/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Send again" })).toBeEnabled();
});

test.each([
  ["succeeded", "unknown", "Skipped: no edge that was taken leads here."],
  ["running", "found", "This step has not started."],
] as const)("explains a step of a %s run that did not run", (name, node, text) => {
  show(name, node);
  expect(screen.getByTestId("step-panel")).toHaveTextContent(text);
});

test.each([
  ["usr_2", "Approved by Ben"],
  ["link", "Approved by somebody who has the link"],
])("says who has approved: %s", async (by, words) => {
  const approval: FlowNode = {
    id: "may",
    name: "May it?",
    kind: "approval",
    title: "Pay Mira?",
    description: "",
    form: [],
    approvers: [],
    deadlineMs: 9,
    position: { x: 0, y: 0 },
  };
  fakeServer({ "GET /runs/run_1": { people: { usr_2: "Ben" } } });
  const view = foldJournal(
    journal(
      [0, { kind: "run-started", trigger: "lead" }],
      [1, { kind: "step-waiting", node: "may", reason: "approval", until: 9 }],
      [2, { kind: "signal-received", node: "may", signal: "approved", by }],
      [3, { kind: "step-succeeded", node: "may", startedAt: 1, ports: ["approved"] }],
    ),
  );
  renderPart(<StepPanel run="run_1" node={approval} step={view.steps.may} version={version} />);
  expect(await screen.findByText(words)).toBeVisible();
});

test("shows what a node is set to do", async () => {
  const { user } = show("succeeded", "search", values(4, { output: {} }));
  await user.click(screen.getByRole("tab", { name: "Settings" }));
  expect(screen.getByRole("tabpanel")).toHaveTextContent(/Connector\s*ZoomInfo/);
  expect(screen.getByRole("tabpanel")).toHaveTextContent("POST /search/contact");
  expect(screen.getByRole("tabpanel")).toHaveTextContent("{{trigger.body.email}}");
});

test("tells how many attempts a call has when its node says nothing of it", () => {
  expect(defaultAttempts).toBe(defaultRetryPolicy.maxAttempts);
});

test("does not claim that a call which was stopped before it left calls nothing", async () => {
  const search = foldJournal(journals.failed).steps.search;
  if (!search) return expect.unreachable();
  renderPart(<StepAttempts run="run_1" step={{ ...search, attempts: [] }} />);
  expect(screen.getByText("Nothing was sent, so there are no attempts.")).toBeInTheDocument();
});

test("opens code that failed at what it printed, and at its input where that did not fit", async () => {
  const code = {
    id: "code",
    name: "Code",
    kind: "code" as const,
    code: "",
    inputs: {},
    timeoutMs: 1_000,
    position: { x: 0, y: 0 },
  };
  fakeServer(values(2, { input: {}, console: [{ level: "error", text: "no rows came" }] }));
  const failed = (code: string) =>
    foldJournal(
      journal(
        [0, { kind: "run-started", trigger: "lead" }],
        [
          1,
          {
            kind: "step-failed",
            node: "code",
            iteration: [3],
            startedAt: 1,
            error: { code, message: "Error: stop" },
            values: ["input", "console"],
          },
        ],
      ),
    ).steps["code[3]"];
  const { unmount } = renderPart(<StepPanel run="run_1" node={code} step={failed("invalid_input")} version={version} />);
  expect(screen.getByRole("tab", { name: "Input" })).toHaveAttribute("aria-selected", "true");
  unmount();
  renderPart(<StepPanel run="run_1" node={code} step={failed("code_failed")} version={version} />);
  expect(screen.getByText("Iteration 4")).toBeVisible();
  expect(await screen.findByRole("region", { name: "Console" })).toHaveTextContent("no rows came");
});
