import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { type Call, fakeServer, Refused } from "../../testing/fake-server.ts";
import { violations } from "../../testing/open-editor.tsx";
import { renderApp } from "../../testing/render-app.tsx";
import { session } from "../../testing/sample-run.ts";

afterEach(() => vi.unstubAllGlobals());

const redirectUrl = "https://patchbay.example/api/v1/connector/callback";
const logo = { sha256: "a".repeat(64), media: "image/png", width: 420, height: 120 };

let server: ReturnType<typeof fakeServer>;
beforeEach(() => {
  fakeEventSource();
  server = fakeServer({
    "GET /session": session,
    "GET /connectors": { connectors: [], redirectUrl },
    "GET /connections": { connections: [] },
    "POST /connectors": { connector: "app-z" },
    "PUT /connectors/app-z/oauth-client": {},
    "GET /connectors/app-z": () => ({
      origin: "custom",
      revision: 1,
      sandbox: false,
      oauthClient: null,
      redirectUrl,
      tests: [],
      document: {
        schemaVersion: 1,
        key: "app-z",
        incomingWebhooks: [],
        endpoints: [],
        ...(server.callsTo("POST /connectors").at(-1)?.body as object),
      },
    }),
  });
});

const field = (name: string) => screen.getByRole("textbox", { name });
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
async function fillForm(): Promise<void> {
  await userEvent.type(await screen.findByRole("textbox", { name: "Name" }), "App-Z");
  await userEvent.type(field("Description"), "An internal dashboard");
  await userEvent.type(field("Base URL"), "https://api.prod.zm.example");
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Data connector Category" }), "Marketing / Sales Marketing");
}
const dialog = () => within(screen.getByRole("dialog", { name: "Authentication Method" }));

describe("the form for a new data connector", () => {
  it("has a way back, says what to have at hand, and counts the description as it is typed", async () => {
    renderApp("/connectors/new");
    const description = await screen.findByRole("textbox", { name: "Description" });
    const crumbs = within(screen.getByRole("navigation", { name: "Breadcrumb" }));
    expect(crumbs.getByRole("link", { name: "Data Connector" })).toHaveAttribute("href", "/connectors");
    expect(crumbs.getByText("Create Data Connector")).toBeVisible();
    expect(screen.getByRole("complementary", { name: "Before you begin" })).toHaveTextContent(
      /Authentication details.*documentation.*sample/,
    );
    expect(screen.getByText("0/250")).toBeVisible();
    await userEvent.type(description, "x".repeat(72));
    expect(screen.getByText("72/250")).toBeVisible();
    await userEvent.click(description);
    await userEvent.paste("y".repeat(300));
    expect(screen.getByText("250/250")).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it("names each field that is still empty, and sends nothing before they are filled", async () => {
    renderApp("/connectors/new");
    await screen.findByRole("textbox", { name: "Name" });
    await press("Save");
    for (const [name, message] of [
      ["Name", "Enter a name."],
      ["Description", "Enter a description."],
      ["Base URL", "Enter the base URL."],
    ] as const)
      expect(field(name)).toHaveAccessibleDescription(message);
    expect(screen.getByRole("combobox", { name: "Data connector Category" })).toHaveAccessibleDescription("Choose a category.");
    expect(screen.getByText("Set up the authentication method.")).toBeVisible();
    expect(server.callsTo("POST /connectors")).toEqual([]);
  });

  it("makes an OAuth connector with its client, whose secret goes only there, and leads to Connect", async () => {
    const { router } = renderApp("/connectors/new");
    await fillForm();
    await press("Set Up");
    expect(dialog().getByText("Choose the authentication method for this integration:")).toBeVisible();
    await userEvent.click(dialog().getByRole("button", { name: "Select OAuth 2.0" }));
    expect(dialog().getByText("Selected method: OAuth 2.0")).toBeVisible();
    expect(dialog().getByText(redirectUrl)).toBeVisible();
    expect(dialog().getByText("0/500")).toBeVisible();
    await userEvent.click(dialog().getByRole("button", { name: "Save" }));
    for (const name of ["Authorization URL", "Access token URL", "Client ID"]) expect(field(name)).toBeInvalid();
    await userEvent.type(field("Authorization URL"), "https://auth.example.com/authorize");
    await userEvent.type(field("Access token URL"), "https://auth.example.com/token");
    await userEvent.type(field("Refresh token URL"), "https://auth.example.com/refresh");
    await userEvent.type(field("Scopes"), "read write");
    expect(dialog().getByText("10/500")).toBeVisible();
    await userEvent.type(field("Client ID"), "client-1");
    await userEvent.type(dialog().getByLabelText("Client secret"), "hush");
    await userEvent.click(dialog().getByRole("button", { name: "Save" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(server.callsTo("POST /connectors")).toEqual([]);

    await press("Save");
    expect(await screen.findByRole("dialog", { name: "Connect App-Z" })).toBeVisible();
    expect(router.state.location.search).toMatchObject({ section: "connections", connect: "yes" });
    const [made] = server.callsTo("POST /connectors");
    expect(made?.body).toMatchObject({
      name: "App-Z",
      description: "An internal dashboard",
      baseUrl: "https://api.prod.zm.example",
      category: "Marketing / Sales Marketing",
      auth: {
        kind: "oauth2",
        grant: "authorization-code",
        authorizationUrl: "https://auth.example.com/authorize",
        tokenUrl: "https://auth.example.com/token",
        refreshUrl: "https://auth.example.com/refresh",
        scopes: "read write",
        pkce: true,
      },
    });
    expect(JSON.stringify(made?.body)).not.toContain("hush");
    expect(server.callsTo("PUT /connectors/app-z/oauth-client")[0]?.body).toEqual({ clientId: "client-1", clientSecret: "hush" });
  });

  it("makes an API key connector; Back keeps nothing chosen, another method can be selected", async () => {
    renderApp("/connectors/new");
    await fillForm();
    await press("Set Up");
    await userEvent.click(dialog().getByRole("button", { name: "Select OAuth 2.0" }));
    await userEvent.click(dialog().getByRole("button", { name: "Back" }));
    await userEvent.click(dialog().getByRole("button", { name: "Select API Key" }));
    expect(dialog().getByText("Selected method: API Key")).toBeVisible();
    const name = field("Display Name");
    await userEvent.clear(name);
    await userEvent.type(name, "App-Z key");
    await userEvent.type(field("Key Name"), "Authorization");
    const placement = dialog().getByRole("combobox", { name: "Placement" });
    expect(
      within(placement)
        .getAllByRole("option")
        .map(({ textContent }) => textContent),
    ).toEqual(["Select", "Query parameter", "Header", "Body"]);
    await userEvent.click(dialog().getByRole("button", { name: "Save" }));
    expect(placement).toHaveAccessibleDescription("Select where the key is added.");
    await userEvent.selectOptions(placement, "Body");
    expect(dialog().getByText(/GET and DELETE requests have no body/)).toBeVisible();
    await userEvent.selectOptions(placement, "Query parameter");
    await userEvent.click(dialog().getByRole("button", { name: "Save" }));
    await press("Save");
    await screen.findByRole("dialog", { name: "Connect App-Z" });
    expect(server.callsTo("POST /connectors")[0]?.body).toMatchObject({
      auth: { kind: "api-key", displayName: "App-Z key", key: "Authorization", addTo: "query" },
    });
    expect(server.callsTo("PUT /connectors/app-z/oauth-client")).toEqual([]);
  });

  it("shows what the server refused beside its field, and keeps what was typed", async () => {
    const message = "must use https: nothing is sent over http";
    server.answers["POST /connectors"] = new Refused(422, "invalid_document", message, {
      issues: [{ field: "baseUrl", message }],
    });
    renderApp("/connectors/new");
    await fillForm();
    await press("Set Up");
    await userEvent.click(screen.getByText("Other methods"));
    await userEvent.click(dialog().getByRole("button", { name: "Select Basic Auth" }));
    await userEvent.click(dialog().getByRole("button", { name: "Save" }));
    await press("Save");
    await waitFor(() => expect(field("Base URL")).toHaveAccessibleDescription(message));
    expect(field("Name")).toHaveValue("App-Z");
  });

  it("uploads a logo at once, and says each rule that a file breaks", async () => {
    const rules = ["The file is no PNG, SVG or GIF picture.", "The file may have 1 MB at most; this one has 1.4 MB."];
    server.answers["POST /logos"] = new Refused(422, "invalid_document", rules.join(" "), {
      issues: rules.map((message) => ({ field: "logo", message })),
    });
    renderApp("/connectors/new");
    await fillForm();
    expect(screen.getByText("PNG, SVG or GIF formats 1MB max | minimum size 420px by 120px")).toBeVisible();
    const input = screen.getByLabelText("Upload Logo");
    await userEvent.upload(input, new File(["nothing"], "logo.png", { type: "image/png" }));
    for (const rule of rules) expect(await screen.findByText(rule)).toBeVisible();
    server.answers["POST /logos"] = { logo };
    await userEvent.upload(input, new File(["picture"], "logo.png", { type: "image/png" }));
    expect(await screen.findByText("File uploaded successfully.")).toBeVisible();
    expect(server.callsTo("POST /logos").at(-1)?.body).toEqual({ base64: btoa("picture") });
    const sent = server.callsTo("POST /logos").length;
    await userEvent.upload(input, new File([new Uint8Array(3_000_000)], "huge.png", { type: "image/png" }));
    expect(await screen.findByText("The file may have 1 MB at most; this one has 2.9 MB.")).toBeVisible();
    expect(server.callsTo("POST /logos")).toHaveLength(sent);
  });

  it("asks what people are asked for where the base URL has variables", async () => {
    renderApp("/connectors/new");
    await fillForm();
    await userEvent.clear(field("Base URL"));
    await userEvent.type(field("Base URL"), "https://{{site}.example.com");
    await press("Set Up");
    await userEvent.click(screen.getByText("Other methods"));
    await userEvent.click(dialog().getByRole("button", { name: "Select No authentication" }));
    await userEvent.click(dialog().getByRole("button", { name: "Save" }));
    await press("Save");
    await waitFor(() => expect(server.callsTo("POST /connectors")).toHaveLength(1));
    expect(server.callsTo("POST /connectors")[0]?.body).toMatchObject({ variables: [{ key: "site", label: "site" }] });
  });

  it("is not for users, who are told whom to ask", async () => {
    server.answers["GET /session"] = { ...session, person: { ...session.person, role: "user" } };
    renderApp("/connectors/new");
    expect(await screen.findByText("Administrators create connectors")).toBeVisible();
    expect(screen.queryByRole("textbox")).toBeNull();
  });
});

it("a general app begins with a name alone, and leads to its build flow", async () => {
  server.answers["POST /connectors"] = ({ body }: Call) => {
    expect(body).toEqual({ name: "My app" });
    return { connector: "app-z" };
  };
  server.answers["GET /connectors/app-z"] = {
    origin: "custom",
    revision: 1,
    sandbox: false,
    oauthClient: null,
    redirectUrl,
    tests: [],
    document: {
      schemaVersion: 1,
      key: "app-z",
      name: "My app",
      description: "",
      baseUrl: "",
      auth: { kind: "none" },
      endpoints: [],
      incomingWebhooks: [],
    },
  };
  renderApp("/develop");
  await userEvent.click((await screen.findAllByRole("button", { name: "Create" }))[0] as HTMLElement);
  await userEvent.type(screen.getByRole("textbox", { name: "App name" }), "My app");
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Create" }));
  const sections = within(await screen.findByRole("navigation", { name: "Sections" }));
  expect(sections.getByText("Draft · 4 things are missing")).toBeVisible();
  expect(sections.getByRole("link", { name: /Basic information/ })).toHaveTextContent("Missing: a description, a category");
  expect(sections.getByRole("link", { name: /Base URL/ })).toHaveTextContent("Missing: a base URL");
  expect(sections.getByRole("link", { name: /^Endpoints/ })).toHaveTextContent("Missing: an endpoint");
  expect(sections.getByRole("link", { name: /^Incoming webhooks/ })).toHaveTextContent("Optional");
});
