import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OidcServer, oidcClient, startOidcServer } from "../runtime/testing/oidc-server.ts";
import { type Browser, launchBrowser, openSignedIn, type Page, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { pngOf } from "./picture.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

const description = "App-Z is an internal dashboard of competitive data for sales prospecting";
const apiKey = "k-app-z-1";

/** An API of contacts behind the provider's tokens, or behind a key; it notes what it was asked. */
type Contacts = { host: string; url: string; asked: string[]; close(): Promise<void> };

async function startContacts(userInfo: () => string): Promise<Contacts> {
  const asked: string[] = [];
  const server: HttpServer = createServer(async (request, response) => {
    const { authorization, "x-app-key": key } = request.headers;
    const url = new URL(request.url ?? "/", "http://contacts.example");
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const known = key === apiKey || (authorization && (await fetch(userInfo(), { headers: { authorization } })).ok);
    const id = /^\/v2\/contacts\/(\d+)$/.exec(url.pathname)?.[1];
    const [status, body] = !known
      ? [401, { message: "Sign in first" }]
      : id
        ? [200, { data: { id: Number(id), name: "Ada Example", emails: ["ada@app-z.example"] }, requestId: "r-1" }]
        : [404, { message: "No such contact" }];
    response.writeHead(Number(status), { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an address object.
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** ZoomInfo's guide to Data Connectors, walked in a browser from the prerequisites to the output of an action. */
describe.skipIf(chromiumPath === null)("the guide to data connectors", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let provider: OidcServer;
  let contacts: Contacts;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    place = await makePlace();
    provider = await startOidcServer({ redirectUri: `${place.url}/api/v1/connector/callback` });
    contacts = await startContacts(() => `${provider.issuer}/me`);
    place.env.PATCHBAY_ALLOW_HTTP = `${provider.host},${contacts.host}`;
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    page = await (await openSignedIn(browser, server)).newPage();
    faults = watchFaults(page, server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await contacts?.close();
    await provider?.close();
    place?.remove();
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const section = (name: RegExp) => page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name });
  const upload = async (name: string, buffer: Buffer) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Upload Logo").click()]);
    await chooser.setFiles({ name, mimeType: "image/png", buffer });
  };

  it("leads from Integrations to the form, with what one should have at hand", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: /Integrations/ }).click();
    await page.getByRole("heading", { name: "Custom Data Connectors" }).waitFor();
    await page.getByRole("link", { name: "Create data connector" }).click();
    const crumbs = page.getByRole("navigation", { name: "Breadcrumb" });
    await crumbs.getByRole("link", { name: "Data Connector" }).waitFor();
    await crumbs.getByText("Create Data Connector").waitFor();
    for (const words of [/authentication details/i, /documentation/i, /sample of request/i, /OAuth 2\.0 or an API key/i])
      await page.getByRole("complementary").getByText(words).first().waitFor();
  });

  it("names every field that is missing, counts the description, and holds the logo to each of its rules", async () => {
    await button("Save").click();
    for (const words of ["Enter a name.", "Enter a description.", "Enter the base URL.", "Choose a category."])
      await page.getByText(words).waitFor();
    await page.getByLabel("Name").fill("App-Z");
    await page.getByLabel("Description").fill(description);
    await page.getByText("72/250").waitFor();
    await page.getByRole("textbox", { name: "Base URL" }).fill("http://api.prod.zm.com");
    await upload("logo.txt", Buffer.from("no picture"));
    await page.getByText(/no PNG, SVG or GIF picture/).waitFor();
    await upload("small.png", pngOf(419, 119));
    await page.locator("[role=alert] li").filter({ hasText: "420 × 120" }).waitFor();
    await upload("heavy.png", Buffer.concat([pngOf(420, 120), Buffer.alloc(1_048_576)]));
    await page.locator("[role=alert] li").filter({ hasText: "1 MB at most" }).waitFor();
    await upload("logo.png", pngOf(420, 120));
    await page.getByText("File uploaded successfully.").waitFor();
    await page.getByLabel("Category").selectOption("Marketing / Sales Marketing");
  });

  it("sets up OAuth 2.0: its cards, the redirect URL to copy, the counter of scopes, a secret that is not shown", async () => {
    await button("Set Up").click();
    const dialog = page.getByRole("dialog", { name: "Authentication Method" });
    await dialog.getByText("Choose the authentication method for this integration:").waitFor();
    await dialog.getByRole("heading", { name: "API Key" }).waitFor();
    await dialog.getByRole("button", { name: "Select OAuth 2.0" }).click();
    await dialog.getByText(`${server.url}/api/v1/connector/callback`).waitFor();
    await dialog.getByText("Selected method: OAuth 2.0").waitFor();
    await dialog.getByRole("button", { name: "Back" }).click();
    await dialog.getByRole("button", { name: "Select OAuth 2.0" }).click();
    await dialog.getByLabel("Authorization URL").fill(`${provider.issuer}/auth?prompt=consent`);
    await dialog.getByLabel("Access token URL").fill(`${provider.issuer}/token`);
    await dialog.getByLabel("Scopes").fill("openid profile offline_access api");
    await dialog.getByText("33/500").waitFor();
    await dialog.getByLabel("Client ID").fill(oidcClient.clientId);
    await dialog.getByLabel("Client secret").fill(oidcClient.clientSecret);
    expect(await dialog.getByLabel("Client secret").getAttribute("type")).toBe("password");
    await dialog.getByText("Advanced", { exact: true }).click();
    await dialog.getByLabel("Identity endpoint").fill(`${provider.issuer}/me`);
    await dialog.getByLabel("Parameter name").fill("name");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
  });

  it("refuses a base URL over http, then saves and leads to connecting", async () => {
    await button("Save").click();
    await page.getByText(/must use https/).waitFor();
    await page.getByRole("textbox", { name: "Base URL" }).fill(`${contacts.url}/v2/`);
    await button("Save").click();
    await page.getByRole("dialog", { name: /Add connection|Connect/ }).waitFor();
  });

  it("redirects to the provider to authorize, and comes back connected", async () => {
    await page.getByRole("dialog").getByRole("button", { name: "Connect" }).click();
    await page.waitForURL(`${provider.issuer}/**`);
    await page.locator("input[name=login]").fill("ada");
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
    // Signed in by now; the provider asks whether it is allowed.
    await page.locator('input[name="prompt"][value="consent"]').waitFor({ state: "attached" });
    await page.locator("button[type=submit]").click();
    await page.getByText("“App-Z” is connected.").waitFor();
    expect(new URL(page.url()).searchParams.get("section")).toBe("endpoints");
    await section(/Test connections/).click();
    const row = page.getByTestId("connection-row");
    await row.getByText("Healthy").waitFor();
    await row.getByText("ada Lovelace").waitFor();
    expect(provider.tokenCalls).toEqual(["authorization_code"]);
    expect(await page.content()).not.toContain(oidcClient.clientSecret);
  });

  it("lists the data connector, whose row menu has Connect, and opens it at its Actions", async () => {
    await page.goto("/connectors");
    await page.getByTestId("connector-row").filter({ hasText: "App-Z" }).getByText("needs an endpoint").waitFor();
    await button("Actions for App-Z").click();
    await page.getByRole("menuitem", { name: "Connect" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "App-Z" }).click();
    await section(/Actions/).click();
    await page.getByRole("heading", { name: "Actions", exact: true }).waitFor();
  });

  it("creates an action: details, an API call with a live parameter, a test with sample values", async () => {
    await button("Create action").first().click();
    await page.getByLabel("Name").fill("Get a contact");
    await page.getByLabel("Description").fill("One contact by its id");
    for (const category of ["Enrich", "Connect", "Retrieve"]) await page.getByLabel("Category").selectOption({ label: category });
    await button("Next").click();
    await page.getByRole("tab", { name: /Parameters \(Optional\)/ }).waitFor();
    expect(await page.getByRole("tab", { name: /Body/ }).count()).toBe(0);
    await page.getByLabel("Request Type").selectOption("POST");
    await page.getByRole("tab", { name: "Body (Optional)" }).click();
    await page.getByRole("textbox", { name: "JSON body" }).fill("{ not json");
    await page.getByText(/This is not JSON/).waitFor();
    await page.getByLabel("Request Type").selectOption("GET");
    await page.getByRole("textbox", { name: "API Endpoint URL" }).fill("/contacts/{contactId}");
    await page.getByRole("list", { name: "Parameters" }).getByText("contactId").first().waitFor();
    await page.getByRole("tab", { name: "Headers (Optional)" }).click();
    await page.getByLabel("Header", { exact: true }).fill("X-Trace");
    await button("Add").click();
    await page.getByLabel("Value of X-Trace").fill("guide");
    await button("Next").click();
    await page.getByRole("textbox", { name: "contactId" }).fill("7");
    await button("Test API").click();
    await page.getByText("Status 200").waitFor();
    expect(contacts.asked.at(-1)).toBe("GET /v2/contacts/7");
  });

  it("defines its output from the test, reviews all of it, and saves", async () => {
    await button("Next").click();
    await page.getByLabel("Give the whole answer").uncheck();
    await page.getByRole("checkbox", { name: /^requestId/ }).uncheck();
    await page.getByRole("checkbox", { name: /^data object/ }).uncheck();
    await page.getByRole("checkbox", { name: /^data\.name/ }).check();
    await button("Next").click();
    await page.getByText("Output of the sample").waitFor();
    await page.getByText("contactId").first().waitFor();
    await button("Save").click();
    await page.getByTestId("action-row").getByText("Get a contact").waitFor();
    await button("Create action").first().waitFor();
  });

  it("connects another one by an API key, entered where it is asked for", async () => {
    await page.goto("/connectors/new");
    await page.getByLabel("Name").fill("App-Y");
    await page.getByLabel("Description").fill("By key");
    await page.getByRole("textbox", { name: "Base URL" }).fill(contacts.url);
    await page.getByLabel("Category").selectOption("Other");
    await button("Set Up").click();
    const dialog = page.getByRole("dialog", { name: "Authentication Method" });
    await dialog.getByRole("button", { name: "Select API Key" }).click();
    await dialog.getByText("Selected method: API Key").waitFor();
    await dialog.getByLabel("Display Name").fill("App-Y key");
    await dialog.getByLabel("Key Name").fill("X-App-Key");
    expect(await dialog.getByLabel("Placement").locator("option").allTextContents()).toEqual(
      expect.arrayContaining(["Query parameter", "Header", "Body"]),
    );
    await dialog.getByLabel("Placement").selectOption({ label: "Header" });
    await dialog.getByRole("button", { name: "Save" }).click();
    await button("Save").click();
    await page.getByRole("dialog").getByLabel("App-Y key").fill(apiKey);
    await page.getByRole("dialog").getByRole("button", { name: "Connect" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    // The provider's pages are not ours; of ours the browser notes only what was refused above.
    const ours = faults.filter((fault) => fault.includes(`(${server.url}`));
    expect(ours.filter((fault) => !/status of 422 .*\/api\/v1\/(logos|connectors)\)/.test(fault))).toEqual([]);
  });
});
