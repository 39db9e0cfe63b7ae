import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { violations } from "../../testing/open-editor.tsx";
import { renderApp } from "../../testing/render-app.tsx";
import { redirectUrl, sampleConnector } from "../../testing/sample-connector.ts";
import { session } from "../../testing/sample-run.ts";

afterEach(() => vi.unstubAllGlobals());

async function open(document: Partial<ConnectorDraft> = {}, more: Record<string, unknown> = {}) {
  fakeEventSource();
  const sample = sampleConnector(document);
  const server = fakeServer({
    "GET /session": session,
    "GET /connections": { connections: [] },
    ...sample.answers,
    ...more,
  });
  renderApp("/connectors/tracker?section=base");
  await screen.findByRole("textbox", { name: "Base URL" });
  return { ...sample, server };
}
const field = (name: string) => screen.getByRole("textbox", { name });
const fill = async (name: string, text: string) => {
  await userEvent.clear(field(name));
  await userEvent.type(field(name), text);
};
const select = (name: string, option: string) => userEvent.selectOptions(screen.getByRole("combobox", { name }), option);
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const save = () => press("Save base URL and authentication");
async function saved(sample: { edits: readonly unknown[]; loaded: { document: ConnectorDraft } }): Promise<AuthScheme> {
  await waitFor(() => expect(sample.edits).toHaveLength(1));
  return sample.loaded.document.auth;
}

it("OAuth 2.0 has every option that providers need, the rare ones under Advanced", async () => {
  const sample = await open();
  await select("Authentication method", "OAuth 2.0");
  expect(screen.getByText(redirectUrl)).toBeVisible();
  await save();
  expect(field("Authorization URL")).toHaveAccessibleDescription("Enter the Authorization URL.");
  expect(sample.edits).toEqual([]);
  await fill("Authorization URL", "https://auth.example.com/authorize");
  await fill("Access token URL", "https://auth.example.com/token");
  await fill("Scopes", "a b");
  expect(screen.getByText("3/500")).toBeVisible();
  await fill("Identity endpoint", "/me");
  await fill("Parameter name", "user.email");
  await userEvent.click(screen.getByText("Advanced"));
  await select("Client Authentication", "In the body");
  await userEvent.click(screen.getByRole("checkbox", { name: /PKCE/ }));
  await select("Scope separator", "A comma");
  await select("Token requests are written as", "JSON");
  const group = within(screen.getByRole("group", { name: "More authorize parameters" }));
  await userEvent.click(group.getByRole("button", { name: "Add a parameter" }));
  await fill("Authorize parameter 1", "access_type");
  await fill("Authorize value 1", "offline");
  await fill("Issuer", "https://auth.example.com");
  await save();
  expect(await saved(sample)).toMatchObject({
    kind: "oauth2",
    grant: "authorization-code",
    scopes: "a b",
    identity: { url: "/me", parameter: "user.email" },
    clientAuthentication: "body",
    pkce: false,
    scopeSeparator: ",",
    tokenBody: "json",
    authorizeParameters: { access_type: "offline" },
    issuer: "https://auth.example.com",
  });
  expect(await violations()).toEqual([]);
}, 15_000);

it("the other grants ask for what they need: no authorization URL, no redirect URL", async () => {
  const sample = await open();
  await select("Authentication method", "OAuth 2.0");
  await select("Grant type", "Client credentials: the client itself is the account");
  expect(screen.queryByRole("textbox", { name: "Authorization URL" })).toBeNull();
  expect(screen.queryByText(redirectUrl)).toBeNull();
  await fill("Access token URL", "https://auth.example.com/token");
  await save();
  const auth = await saved(sample);
  expect(auth).toMatchObject({ kind: "oauth2", grant: "client-credentials" });
  expect(auth).not.toHaveProperty("authorizationUrl");
});

it("the OAuth client's secret goes in and does not come back; it is replaced only when somebody says so", async () => {
  const auth: AuthScheme = {
    kind: "oauth2",
    grant: "client-credentials",
    tokenUrl: "https://auth.example.com/token",
    scopes: "",
    scopeSeparator: " ",
    pkce: true,
    clientAuthentication: "header",
    client: "connector",
    tokenBody: "form",
    authorizeParameters: {},
    tokenParameters: {},
    refreshParameters: {},
    tokenPath: "access_token",
    placement: { header: "Authorization", prefix: "Bearer " },
    metadata: {},
  };
  const { loaded, server } = await open({ auth }, { "PUT /connectors/tracker/oauth-client": {} });
  const requests = () => server.callsTo("PUT /connectors/tracker/oauth-client").map(({ body }) => body);
  await fill("Client ID", "client-1");
  await userEvent.type(screen.getByLabelText("Client secret"), "hush");
  loaded.oauthClient = { clientId: "client-1", hasSecret: true, setAt: Date.now() - 3 * 86_400_000 };
  await press("Save OAuth client");
  expect(await screen.findByText("3 d ago")).toBeVisible();
  expect(screen.queryByLabelText("Client secret")).toBeNull();
  await fill("Client ID", "client-2");
  await press("Save OAuth client");
  await waitFor(() => expect(requests()).toHaveLength(2));
  await press("Replace");
  expect(screen.getByLabelText("Client secret")).toHaveValue("");
  expect(requests()).toEqual([{ clientId: "client-1", clientSecret: "hush" }, { clientId: "client-2" }]);
});

it("several API keys go along at once; one in the body names the endpoints that it does not fit", async () => {
  const endpoints = [{ key: "list", name: "List issues", method: "GET" as const, path: "/issues", parameters: [] }];
  const sample = await open({ endpoints, auth: { kind: "api-key", displayName: "Key", key: "X-Key", addTo: "header" } });
  await fill("Prefix", "Token ");
  await press("Add another key");
  const second = within(screen.getByRole("group", { name: "Key 2" }));
  await userEvent.type(second.getByRole("textbox", { name: "Key Name" }), "app");
  await userEvent.selectOptions(second.getByRole("combobox", { name: "Placement" }), "Body");
  expect(second.getByText(/GET and DELETE requests have no body.*List issues/)).toBeVisible();
  await userEvent.selectOptions(second.getByRole("combobox", { name: "Placement" }), "Query parameter");
  await save();
  expect(await saved(sample)).toEqual({
    kind: "api-key",
    displayName: "Key",
    key: "X-Key",
    addTo: "header",
    prefix: "Token ",
    others: [{ displayName: "API key 2", key: "app", addTo: "query" }],
  });
});

it("a JWT is described by algorithm, payload and place; what signs it belongs to connections", async () => {
  const sample = await open();
  await select("Authentication method", "JWT Bearer");
  expect(screen.getByText(/Signed with the secret of the connection/)).toBeVisible();
  await select("Algorithm", "ES256 · private key");
  expect(screen.getByText(/Signed with the private key of the connection/)).toBeVisible();
  await userEvent.clear(field("Payload (Token)"));
  await userEvent.click(field("Payload (Token)"));
  await userEvent.paste('{"iss": "{{credentials.issuer}}"}');
  await press("Add a field");
  await fill("Key of field 1", "issuer");
  await fill("Label of field 1", "Issuer ID");
  await select("Add to", "Query parameter");
  expect(field("Parameter")).toHaveValue("token");
  await save();
  expect(await saved(sample)).toMatchObject({
    kind: "jwt",
    addTo: "query",
    name: "token",
    jwt: { algorithm: "ES256", payload: { iss: "{{credentials.issuer}}" } },
    fields: [{ key: "issuer", label: "Issuer ID" }],
  });
});

it("a token exchange may be signed by the client, and then needs no other credentials", async () => {
  const sample = await open();
  await select("Authentication method", "Token exchange");
  await userEvent.click(screen.getByRole("checkbox", { name: /JWT that the client signs/ }));
  await press("Remove field User name");
  await press("Remove field Password");
  await save();
  expect(await saved(sample)).toMatchObject({
    kind: "token-exchange",
    fields: [],
    request: { signed: { jwt: { algorithm: "HS256" }, placement: { header: "Authorization", prefix: "Bearer " } } },
  });
});

it("variables of the base URL are described as they are typed, and kept while the URL changes", async () => {
  const sample = await open();
  await fill("Base URL", "https://{{site}.example.com");
  const variable = () => within(screen.getByRole("group", { name: "{site}" }));
  expect(variable().getByText(/One part of the host name/)).toBeVisible();
  await userEvent.clear(variable().getByRole("textbox", { name: "Label" }));
  await userEvent.type(variable().getByRole("textbox", { name: "Label" }), "Your site");
  await userEvent.type(variable().getByRole("textbox", { name: "Allowed values" }), "eu, us");
  await userEvent.type(field("Base URL"), "{Backspace}{Backspace}{Backspace}");
  await fill("Base URL", "https://{{site}.example.org/v{{version}");
  expect(variable().getByRole("textbox", { name: "Label" })).toHaveValue("Your site");
  expect(within(screen.getByRole("group", { name: "{version}" })).getByText("One segment of the path.")).toBeVisible();
  await save();
  await saved(sample);
  expect(sample.loaded.document).toMatchObject({
    baseUrl: "https://{site}.example.org/v{version}",
    variables: [
      { key: "site", label: "Your site", values: ["eu", "us"] },
      { key: "version", label: "version" },
    ],
  });
});

it("a field that the server refuses says so in its place", async () => {
  const sample = await open();
  await select("Authentication method", "OAuth 2.0");
  await fill("Authorization URL", "http://auth.example.com/authorize");
  await fill("Access token URL", "https://auth.example.com/token");
  await save();
  await waitFor(() => expect(field("Authorization URL")).toHaveAccessibleDescription(/must use https/));
  expect(sample.edits).toEqual([]);
});
