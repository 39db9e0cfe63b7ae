import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConnectionSummary } from "../../../shared/api/connections.ts";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { OAuth2 } from "../../../shared/connector/oauth2.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer, Refused } from "../../testing/fake-server.ts";
import { violations } from "../../testing/open-editor.tsx";
import { renderApp } from "../../testing/render-app.tsx";
import { sampleConnection, sampleConnector } from "../../testing/sample-connector.ts";
import { session } from "../../testing/sample-run.ts";

const oauth = OAuth2.parse({
  kind: "oauth2",
  grant: "authorization-code",
  authorizationUrl: "https://auth.example.com/authorize",
  tokenUrl: "https://auth.example.com/token",
});
const healthy = { outcome: "healthy", status: 200, message: "", account: "ada" };
const provider = "https://auth.example.com/authorize?state=s";
let left: string[];

beforeEach(() => {
  left = [];
  vi.spyOn(window, "open").mockImplementation((url) => {
    left.push(String(url));
    return null;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function serve({
  document,
  connections = [],
  more = {},
}: {
  document?: Partial<ConnectorDraft>;
  connections?: ConnectionSummary[];
  more?: Record<string, unknown>;
}) {
  fakeEventSource();
  const sample = sampleConnector(document);
  const server = fakeServer({
    "GET /session": session,
    "GET /connections": { connections },
    "GET /connectors": { connectors: [], redirectUrl: "" },
    "POST /connections": { connection: "con_1", check: healthy },
    ...sample.answers,
    ...more,
  });
  return { ...sample, server };
}
const field = (name: string) => screen.getByRole("textbox", { name });
const dialog = () => within(screen.getByRole("dialog", { name: "Connect Tracker" }));
const connect = () => userEvent.click(dialog().getByRole("button", { name: "Connect" }));
async function openConnect() {
  const app = renderApp("/connectors/tracker?section=connections&connect=yes");
  await screen.findByRole("dialog", { name: "Connect Tracker" });
  return app;
}

describe("connecting", () => {
  it("takes the key with the base URL that was shown, and goes on to the endpoints", async () => {
    const { server } = serve({});
    const { router } = await openConnect();
    expect(dialog().getByText("Bearer Token")).toBeVisible();
    expect(dialog().getByRole("button", { name: "Connect" })).toBeDisabled();
    await userEvent.type(dialog().getByLabelText(/Bearer token/), "t0ken");
    expect(await violations()).toEqual([]);
    await connect();
    await waitFor(() => expect(router.state.location.search).toEqual({ section: "endpoints" }));
    expect(server.callsTo("POST /connections")[0]?.body).toEqual({
      connector: "tracker",
      name: "Tracker",
      target: "live",
      credentials: { token: "t0ken" },
      shownBaseUrl: "https://tracker.example",
    });
  });

  it("fills in the variables of the base URL, or takes a base URL of its own", async () => {
    const variables = [
      { key: "site", label: "Site", description: "As in your address bar." },
      { key: "region", label: "Region", values: ["eu", "us"] },
    ];
    const { server } = serve({
      document: { baseUrl: "https://{site}.tracker.example/{region}", variables, auth: { kind: "none" } },
    });
    await openConnect();
    expect(field("Base URL")).toHaveValue("https://{site}.tracker.example/{region}");
    await userEvent.type(field("Site"), "acme");
    await userEvent.selectOptions(dialog().getByRole("combobox", { name: "Region" }), "eu");
    expect(field("Base URL")).toHaveValue("https://acme.tracker.example/eu");
    await connect();
    await waitFor(() => expect(server.callsTo("POST /connections")).toHaveLength(1));
    expect(server.callsTo("POST /connections")[0]?.body).toMatchObject({ variables: { site: "acme", region: "eu" } });
  });

  it("says beside the field why a base URL of its own is refused", async () => {
    const message = "must be on the host of the connector, tracker.example: calls do not leave it";
    const refused = new Refused(400, "bad_request", message, { issues: [{ field: "baseUrl", message }] });
    serve({ document: { auth: { kind: "none" } }, more: { "POST /connections": refused } });
    await openConnect();
    await userEvent.clear(field("Base URL"));
    await userEvent.type(field("Base URL"), "https://elsewhere.example");
    await connect();
    await waitFor(() => expect(field("Base URL")).toHaveAccessibleDescription(message));
    expect(field("Base URL")).toHaveValue("https://elsewhere.example");
    await userEvent.clear(field("Base URL"));
    await userEvent.tab();
    expect(field("Base URL")).toHaveValue("https://tracker.example");
  });

  it("sends the person to the OAuth provider once the connection has a name", async () => {
    const { server } = serve({
      document: { auth: oauth },
      more: {
        "POST /connections": { connection: "con_9", check: { ...healthy, outcome: "needs-authorization", account: null } },
        "POST /connections/con_9/authorize": { url: provider },
      },
    });
    await openConnect();
    expect(dialog().getByText("You will be sent to auth.example.com.")).toBeVisible();
    await userEvent.clear(field("Connection name"));
    expect(dialog().getByRole("button", { name: "Connect" })).toBeDisabled();
    await userEvent.type(field("Connection name"), "Of the team");
    await connect();
    await waitFor(() => expect(left).toEqual([provider]));
    expect(server.callsTo("POST /connections")[0]?.body).toMatchObject({ name: "Of the team", credentials: {} });
    expect(server.callsTo("POST /connections/con_9/authorize")[0]?.body).toEqual({
      returnTo: "/connectors/tracker?section=endpoints",
    });
  });

  it("sends nothing to a base URL that somebody else has set meanwhile, until the new one was seen", async () => {
    const { loaded, server } = serve({});
    await openConnect();
    await userEvent.type(dialog().getByLabelText(/Bearer token/), "t0ken");
    loaded.document = { ...loaded.document, baseUrl: "https://new.example" };
    server.answers["POST /connections"] = new Refused(409, "conflict", "changed", { baseUrl: "https://new.example" });
    await connect();
    expect(await screen.findByText(/was changed while this window was open/)).toBeVisible();
    expect(dialog().getByRole("button", { name: "Connect" })).toBeDisabled();
    server.answers["POST /connections"] = { connection: "con_1", check: healthy };
    await userEvent.click(dialog().getByRole("button", { name: "Go on with the new one" }));
    await connect();
    await waitFor(() => expect(server.callsTo("POST /connections")).toHaveLength(2));
    expect(server.callsTo("POST /connections")[1]?.body).toMatchObject({
      credentials: { token: "t0ken" },
      shownBaseUrl: "https://new.example",
    });
  });
});

describe("coming back from the OAuth provider", () => {
  it("says whose account is connected, and can be dismissed", async () => {
    serve({ connections: [sampleConnection()] });
    const { router } = renderApp("/connectors/tracker?section=endpoints&connection=con_1&authorized=yes");
    const told = await screen.findByText("“Mine” is connected.");
    expect(told.parentElement).toHaveTextContent("The provider knows you as ada.");
    await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    await waitFor(() => expect(screen.queryByText("“Mine” is connected.")).toBeNull());
    expect(router.state.location.search).toEqual({ section: "endpoints" });
  });

  it("says why it was not allowed, and offers to try again", async () => {
    serve({
      connections: [sampleConnection({ state: "needs-authorization", account: null })],
      more: { "POST /connections/con_1/authorize": { url: provider } },
    });
    renderApp("/connections?connection=con_1&authorized=no&reason=It%20was%20declined.");
    const told = await screen.findByText("“Mine” was not authorised.");
    const alert = told.closest('[role="alert"]') as HTMLElement;
    expect(alert).toHaveTextContent("It was declined.");
    await userEvent.click(within(alert).getByRole("button", { name: "Authorise again" }));
    await waitFor(() => expect(left).toEqual([provider]));
  });
});

describe("the list of connections", () => {
  it("says of each what to expect, and what to do about it", async () => {
    const { server } = serve({
      connections: [
        sampleConnection(),
        sampleConnection({ id: "con_2", name: "Ended", state: "needs-authorization", message: "the provider took it back" }),
        sampleConnection({ id: "con_3", name: "Tired", state: "cooling-down", retryAt: Date.now() + 30_500 }),
        sampleConnection({ id: "con_4", name: "Wrong", state: "broken", message: "answered 401" }),
        sampleConnection({ id: "con_5", name: "Unseen", state: "unverified", account: null }),
        sampleConnection({ id: "con_6", name: "Begun", state: "needs-authorization", account: null }),
      ],
      more: { "POST /connections/con_2/authorize": { url: provider } },
    });
    renderApp("/connections");
    const rows = await screen.findAllByTestId("connection-row");
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/Mine · ada.*Healthy/),
      expect.stringMatching(/Ended.*The provider took it back\..*Authorise again.*Needs re-authorisation/),
      expect.stringMatching(/Tired.*It is asked again in (?:30|29) s\..*Cooling down/),
      expect.stringMatching(/Wrong.*Answered 401\..*Refused/),
      expect.stringMatching(/Unseen.*Not verified/),
      expect.stringMatching(/Begun.*Authorise.*Needs authorisation/),
    ]);
    await userEvent.click(within(rows[1] as HTMLElement).getByRole("button", { name: "Authorise again" }));
    await waitFor(() => expect(left).toEqual([provider]));
    expect(server.callsTo("POST /connections/con_2/authorize")[0]?.body).toEqual({ returnTo: "/connections" });
    expect(await violations()).toEqual([]);
  });

  it("changes a connection: what is left empty stays as it is stored, a secret is never shown", async () => {
    const { server } = serve({ connections: [sampleConnection()], more: { "PATCH /connections/con_1": { check: null } } });
    renderApp("/connections");
    await userEvent.click(await screen.findByRole("button", { name: "Actions for Mine" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Rename or replace credentials" }));
    expect(screen.getByLabelText("Bearer token")).toHaveValue("");
    await userEvent.type(field("Connection name"), " too");
    await userEvent.clear(await screen.findByRole("textbox", { name: "Base URL" }));
    await userEvent.type(field("Base URL"), "https://tracker.example/eu");
    await userEvent.click(screen.getByRole("button", { name: "Save connection" }));
    await waitFor(() => expect(server.callsTo("PATCH /connections/con_1")).toHaveLength(1));
    expect(server.callsTo("PATCH /connections/con_1")[0]?.body).toEqual({
      name: "Mine too",
      baseUrl: "https://tracker.example/eu",
    });
  });
});
