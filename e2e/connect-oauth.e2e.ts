import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OidcServer, oidcClient, startOidcServer } from "../runtime/testing/oidc-server.ts";
import { type Browser, launchBrowser, openSignedIn, type Page } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

describe.skipIf(chromiumPath === null)("a data connector with OAuth 2.0, from the form to a connection", () => {
  let browser: Browser;
  let provider: OidcServer;
  let place: Place;
  let server: Server;
  let page: Page;

  beforeAll(async () => {
    place = await makePlace();
    provider = await startOidcServer({ redirectUri: `${place.url}/api/v1/connector/callback` });
    place.env.PATCHBAY_ALLOW_HTTP = provider.host;
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    page = await (await openSignedIn(browser, server)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await provider?.close();
    place?.remove();
  });

  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const fill = (name: string, text: string) => page.getByRole("textbox", { name, exact: true }).fill(text);

  it("is described on one page, with the authentication method set up in its window", async () => {
    await page.goto("/connectors");
    await page.getByRole("link", { name: "Create data connector" }).click();
    await fill("Name", "App-Z");
    await fill("Description", "An internal dashboard");
    await fill("Base URL", provider.issuer);
    await page.getByLabel("Data connector Category").selectOption("Marketing / Sales Marketing");
    await button("Set Up").click();
    await button("Select OAuth 2.0").click();
    const dialog = page.getByRole("dialog", { name: "Authentication Method" });
    await dialog.getByText(`${server.url}/api/v1/connector/callback`).waitFor();
    await fill("Authorization URL", `${provider.issuer}/auth`);
    await fill("Access token URL", `${provider.issuer}/token`);
    await fill("Scopes", "openid profile offline_access api");
    await fill("Client ID", oidcClient.clientId);
    await dialog.getByLabel("Client secret").fill(oidcClient.clientSecret);
    await dialog.getByText("Advanced", { exact: true }).click();
    await fill("Identity endpoint", "/me");
    await fill("Parameter name", "name");
    await dialog.getByRole("button", { name: "Save" }).click();
    await button("Save").click();
    await page.getByRole("dialog", { name: "Connect App-Z" }).waitFor();
  });

  it("is connected at the provider, which sends the person back to the endpoints", async () => {
    await button("Connect").click();
    await page.locator('input[name="login"]').fill("ada");
    await page.locator('input[name="password"]').fill("any");
    await page.locator('button[type="submit"]').click();
    // Signed in by now; the provider asks whether it is allowed.
    await page.locator('input[name="prompt"][value="consent"]').waitFor({ state: "attached" });
    await page.locator('button[type="submit"]').click();
    await page.getByText("“App-Z” is connected.").waitFor();
    expect(new URL(page.url()).searchParams.get("section")).toBe("endpoints");
    await page
      .getByRole("navigation", { name: "Sections" })
      .getByRole("link", { name: /Test connections/ })
      .click();
    const row = page.getByTestId("connection-row");
    await row.getByText("Healthy").waitFor();
    await row.getByText("ada Lovelace").waitFor();
    expect(provider.tokenCalls).toEqual(["authorization_code"]);
  });

  it("says in the list what is still missing", async () => {
    await page.getByRole("link", { name: "Integrations", exact: true }).click();
    await page.getByTestId("connector-row").filter({ hasText: "App-Z" }).getByText("needs an endpoint").waitFor();
  });
});
