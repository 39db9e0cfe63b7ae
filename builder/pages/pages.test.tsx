import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeEventSource } from "../testing/fake-event-source.ts";
import { fakeServer, Refused } from "../testing/fake-server.ts";
import { renderApp } from "../testing/render-app.tsx";
import { flow, runSummary, session, startedAt, version } from "../testing/sample-run.ts";

let streams: ReturnType<typeof fakeEventSource>;
beforeEach(() => {
  streams = fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

const overview = {
  events: 12,
  runs: { succeeded: 9, failed: 2, canceled: 0, active: 1 },
  refusals: 3,
  hours: Array.from({ length: 24 }, (_, hour) => ({
    startsAt: startedAt + hour * 3_600_000,
    succeeded: hour,
    failed: 1,
    other: 0,
  })),
};
const event = {
  id: "evt_1",
  source: "webhook",
  flow: { id: "flw_1", name: "Inbound lead" },
  receivedAt: startedAt,
  size: 29,
  contentType: "application/json",
  dedupeKey: "x-id:1",
  node: "event",
  eventType: null,
  verified: "HMAC-SHA256 in x-signature",
  duplicates: 0,
  lastDuplicateAt: null,
  held: false,
  filtered: false,
  replayOf: null,
  runs: [{ id: "run_1", status: "succeeded" }],
};
const detail = {
  ...event,
  hook: "hook_1",
  delivery: null,
  replayedBy: null,
  method: "POST",
  headers: { "x-signature": "***" },
  query: {},
  body: '{ "email": "mira@example.com" }',
  parseError: null,
};
const refusal = {
  id: "ref_1",
  at: startedAt,
  hook: "hook_1",
  flow: { id: "flw_1", name: "Inbound lead" },
  reason: "signature_mismatch",
  explanation: "The signature is not the one we compute. Check that both sides hold the same secret.",
  headers: { "x-signature": "***" },
  size: 12,
  remoteAddress: "203.0.113.7",
};
const hook = {
  id: "hook_1",
  url: "http://127.0.0.1:8420/hooks/hook_1",
  node: "lead",
  kind: "static",
  needsSecret: true,
  secretSetAt: null,
  recipe: "HMAC SHA-256",
};

function serve(answers: Record<string, unknown> = {}) {
  return fakeServer({
    "GET /session": session,
    "GET /setup": { needed: false },
    "GET /overview": overview,
    "GET /flows": { flows: [flow] },
    "GET /flows/flw_1": { flow, version, hooks: [hook] },
    "GET /runs": { runs: [runSummary("succeeded"), runSummary("failed", { id: "run_2" })], next: null },
    "GET /events": { events: [event], next: null },
    "GET /events/evt_1": { event: detail },
    "GET /refusals": { refusals: [refusal] },
    ...answers,
  });
}

test.each([
  ["/", "run-row"],
  ["/flows", "flow-row"],
  ["/flows/flw_1?view=published", "hook"],
  ["/runs", "run-row"],
  ["/events", "event-row"],
  ["/events?view=refused", "refusal"],
])("%s has nothing that axe objects to", async (path, loaded) => {
  serve();
  const { container } = renderApp(path);
  // The first visit of a page loads its code.
  await screen.findAllByTestId(loaded);
  const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

test("a server that takes its time to say who one is leaves no empty page, and the page then comes by itself", async () => {
  let answer: (value: unknown) => void = () => {};
  const held = new Promise((resolve) => {
    answer = resolve;
  });
  serve({ "GET /session": () => held });
  renderApp("/");
  expect(await screen.findByText("Waiting for the server")).toBeVisible();
  answer(session);
  expect(await screen.findByRole("heading", { name: "Home" })).toBeVisible();
});

test("leads to sign-in and back to where one was", async () => {
  const server = serve({ "GET /session": new Refused(401, "unauthenticated", "sign in first") });
  server.answers["POST /session"] = () => {
    server.answers["GET /session"] = session;
    return session;
  };
  const { router } = renderApp("/runs?status=failed");
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.com");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { name: "Runs" })).toBeInTheDocument();
  expect(router.state.location.search).toEqual({ status: "failed" });
  expect(server.callsTo("POST /session")[0]?.body).toEqual({ email: "ada@example.com", password: "correct horse" });
});

test("goes to no foreign address after sign-in", async () => {
  const server = serve({ "POST /session": session });
  const { router } = renderApp("/sign-in?next=//evil.example/");
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText("E-mail"), "a@b.c");
  await user.type(screen.getByLabelText("Password"), "x");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/"));
  expect(server.callsTo("POST /session")).toHaveLength(1);
});

test("says that e-mail and password do not belong together", async () => {
  serve({ "POST /session": new Refused(401, "unauthenticated", "no") });
  renderApp("/sign-in");
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText("E-mail"), "a@b.c");
  await user.type(screen.getByLabelText("Password"), "x");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("do not belong together");
});

test("points to the one-time link while there is no administrator", async () => {
  serve({ "GET /setup": { needed: true } });
  renderApp("/sign-in");
  expect(await screen.findByText(/Open the one-time link/)).toBeInTheDocument();
  expect(screen.queryByLabelText("Password")).toBeNull();
});

test("sends to sign-in when the session ends in the middle of work", async () => {
  serve({ "GET /runs": new Refused(401, "unauthenticated", "the session has ended") });
  const { router } = renderApp("/runs?status=failed");
  await screen.findByRole("button", { name: "Sign in" });
  expect(router.state.location.search).toEqual({ next: "/runs?status=failed" });
});

test("creates the first administrator by the rules of the contract", async () => {
  const server = serve({ "GET /setup": { needed: true }, "POST /setup": session });
  const { router } = renderApp("/setup?token=once");
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Create administrator" }));
  expect(screen.getByLabelText(/Your name/)).toHaveAccessibleDescription("Enter your name.");
  expect(screen.getByLabelText(/E-mail/)).toHaveAccessibleDescription("Must be an e-mail address.");
  expect(screen.getByLabelText(/Password/)).toHaveAccessibleDescription("Must have at least 10 characters.");
  expect(screen.getByLabelText(/Your name/)).toHaveFocus();
  await user.type(screen.getByLabelText(/Your name/), "Ada");
  await user.type(screen.getByLabelText(/E-mail/), "ada@example.com");
  await user.type(screen.getByLabelText(/Password/), "correct horse");
  await user.click(screen.getByRole("button", { name: "Create administrator" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/"));
  expect(server.callsTo("POST /setup").map((call) => call.body)).toEqual([
    { token: "once", name: "Ada", email: "ada@example.com", password: "correct horse" },
  ]);
});

test("invites to a first run while nothing has run", async () => {
  serve({ "GET /runs": { runs: [], next: null } });
  renderApp("/");
  expect(await screen.findByText("npm run demo")).toBeInTheDocument();
  expect(await screen.findByRole("button", { name: "Run “Inbound lead” now" })).toBeInTheDocument();
  expect(screen.queryByText("Events accepted")).toBeNull();
});

test("counts the day, and reads the chart out as a table", async () => {
  serve();
  renderApp("/");
  expect(await screen.findByRole("link", { name: /Runs failed 2/ })).toHaveAttribute("href", "/runs?status=failed");
  expect(screen.getByRole("link", { name: /Deliveries refused 3/ })).toHaveAttribute("href", "/events?view=refused");
  const chart = screen.getByRole("table", { name: "Runs by hour" });
  expect(within(chart).getAllByRole("row")).toHaveLength(25);
});

test("filters runs by state and by flow, in the address too", async () => {
  const server = serve();
  const { router } = renderApp("/runs");
  const user = userEvent.setup();
  await screen.findAllByTestId("run-row");
  await user.click(screen.getByRole("radio", { name: "Failed" }));
  await user.selectOptions(screen.getByRole("combobox", { name: "Flow" }), "Inbound lead");
  await waitFor(() =>
    expect(server.callsTo("GET /runs").at(-1)?.query).toEqual({ status: "failed", flow: "flw_1", limit: "50" }),
  );
  expect(router.state.location.search).toEqual({ status: "failed", flow: "flw_1" });
});

test("offers all runs when none matches the filter", async () => {
  serve({
    "GET /runs": ({ query }: { query: Record<string, string> }) => ({
      runs: query.status ? [] : [runSummary("succeeded")],
      next: null,
    }),
  });
  renderApp("/runs?status=canceled");
  await userEvent.setup().click(await screen.findByRole("button", { name: "Show all runs" }));
  expect(await screen.findAllByTestId("run-row")).toHaveLength(1);
});

test("loads older runs below the newer ones", async () => {
  serve({
    "GET /runs": ({ query }: { query: Record<string, string> }) =>
      query.before === "run_1"
        ? { runs: [runSummary("failed", { id: "run_0" })], next: null }
        : { runs: [runSummary("succeeded")], next: "run_1" },
  });
  renderApp("/runs");
  await userEvent.setup().click(await screen.findByRole("button", { name: "Load older runs" }));
  await waitFor(() => expect(screen.getAllByTestId("run-row")).toHaveLength(2));
  expect(screen.queryByRole("button", { name: "Load older runs" })).toBeNull();
});

test("shows a new run as soon as the server hints at it, and whether the page follows", async () => {
  const server = serve();
  renderApp("/runs");
  await screen.findAllByTestId("run-row");
  const [stream] = streams("/live/workspace");
  stream?.open();
  expect(await screen.findByTestId("connection")).toHaveTextContent("Live");
  server.answers["GET /runs"] = { runs: [runSummary("running", { id: "run_3" }), runSummary("succeeded")], next: null };
  stream?.send("hint", { run: "run_3", flow: "flw_1", status: "running" });
  expect(await screen.findByText("Running", { selector: "td *" })).toBeInTheDocument();
  stream?.break();
  expect(screen.getByTestId("connection")).toHaveTextContent("Reconnecting");
});

test("keeps a list on the screen when a later fetch fails", async () => {
  const server = serve();
  renderApp("/runs");
  await screen.findAllByTestId("run-row");
  server.answers["GET /runs"] = new Refused(500, "internal", "the disk is full");
  streams("/live/workspace")[0]?.open();
  await waitFor(() => expect(server.callsTo("GET /runs").length).toBeGreaterThan(1));
  expect(screen.getAllByTestId("run-row")).toHaveLength(2);
});

test("says what could not be loaded, why, and what to do", async () => {
  const server = serve({ "GET /runs": new Refused(500, "internal", "the disk is full") });
  renderApp("/runs");
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The runs could not be loaded");
  expect(alert).toHaveTextContent("The server failed: the disk is full.");
  server.answers["GET /runs"] = { runs: [runSummary("succeeded")], next: null };
  await userEvent.setup().click(within(alert).getByRole("button", { name: "Try again" }));
  expect(await screen.findAllByTestId("run-row")).toHaveLength(1);
});

test("explains a refused delivery", async () => {
  serve();
  renderApp("/events?view=refused");
  const row = await screen.findByTestId("refusal");
  expect(row).toHaveTextContent("The signature does not match");
  expect(row).toHaveTextContent("Check that both sides hold the same secret.");
  expect(row).toHaveTextContent("203.0.113.7");
});

test("shows an event as a tree and as it came", async () => {
  serve();
  renderApp("/events/evt_1");
  expect(await screen.findByRole("tree", { name: "Body" })).toHaveTextContent('email: "mira@example.com"');
  await userEvent.setup().click(screen.getByRole("radio", { name: "Raw" }));
  expect(screen.getByText(detail.body)).toBeInTheDocument();
  expect(screen.getByRole("table", { name: "Headers" })).toHaveTextContent("x-signature***masked");
});

test("says why a body is no JSON and shows it as text", async () => {
  serve({ "GET /events/evt_1": { event: { ...detail, body: "<lead/>", parseError: "Unexpected token '<'" } } });
  renderApp("/events/evt_1");
  expect(await screen.findByText(/Not JSON: Unexpected token/)).toBeInTheDocument();
  expect(screen.getByText("<lead/>")).toBeInTheDocument();
});

test("runs a flow with its sample, once the JSON is valid", async () => {
  const server = serve({ "POST /flows/flw_1/runs": { run: "run_9", event: "evt_9" } });
  const { router } = renderApp("/flows/flw_1?view=published");
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Run now" }));
  const body = await screen.findByLabelText("Event body");
  expect(body).toHaveValue('{\n  "email": "mira@example.com"\n}');
  const start = within(screen.getByRole("dialog")).getByRole("button", { name: "Run now" });
  await user.clear(body);
  await user.type(body, "{{");
  await user.click(start);
  expect(body).toHaveAccessibleDescription(/This is not valid JSON/);
  expect(server.callsTo("POST /flows/flw_1/runs")).toHaveLength(0);
  await user.type(body, "}");
  await user.click(start);
  await waitFor(() => expect(router.state.location.pathname).toBe("/runs/run_9"));
  await waitFor(() => expect(screen.getByRole("main")).toHaveFocus());
  expect(server.callsTo("POST /flows/flw_1/runs").map((call) => call.body)).toEqual([{ body: {} }]);
});

test("shows those who may not edit what runs: the hook without a secret, and what a node is set to do", async () => {
  serve({ "GET /session": { ...session, person: { ...session.person, role: "user" } } });
  renderApp("/flows/flw_1");
  expect(await screen.findByTestId("hook")).toHaveTextContent("No secret is set, so every delivery is refused.");
  expect(screen.queryByRole("link", { name: "Edit draft" })).toBeNull();
  // A whole press of the mouse would start d3's drag, which jsdom has no view for.
  fireEvent.click(screen.getByText("Search contact"));
  expect(await screen.findByRole("region", { name: "Node Search contact" })).toHaveTextContent("POST /search/contact");
  fireEvent.keyDown(screen.getByRole("button", { name: /^Search contact/ }), { key: "Escape" });
  await waitFor(() => expect(screen.queryByRole("region", { name: "Node Search contact" })).toBeNull());
});

test("signs out, to a page where one can sign in again", async () => {
  const server = serve({ "DELETE /session": {} });
  const { router } = renderApp("/flows");
  await userEvent.setup().click(await screen.findByRole("button", { name: "Sign out" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
  expect(server.callsTo("DELETE /session")).toHaveLength(1);
  expect(await screen.findByLabelText("Password")).toBeInTheDocument();
});

test("the list of flows says what starts each", async () => {
  const triggers = { app: "App", webhook: "Webhook", schedule: "Schedule", api: "API call", manual: "Run now" };
  serve({ "GET /flows": { flows: Object.keys(triggers).map((trigger) => ({ ...flow, id: `flw_${trigger}`, trigger })) } });
  renderApp("/flows");
  const rows = await screen.findAllByTestId("flow-row");
  expect(rows.map((row, index) => row.textContent?.includes(Object.values(triggers)[index] ?? "none"))).toEqual(
    rows.map(() => true),
  );
});

test("says that an address leads nowhere", async () => {
  serve();
  renderApp("/no/such/page");
  expect(await screen.findByRole("heading", { name: "Nothing is plugged in here" })).toBeInTheDocument();
});
