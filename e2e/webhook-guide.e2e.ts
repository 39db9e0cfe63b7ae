import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RestHookProvider, startRestHookProvider } from "../runtime/testing/resthook-provider.ts";
import { providerConnector } from "../runtime/testing/test-subscriptions.ts";
import { createConnector, editConnector, testEndpoint } from "../shared/api/connectors.ts";
import type { Body } from "../shared/api/route.ts";
import type { Json } from "../shared/json.ts";
import { ask } from "./authored-workspace.ts";
import { type Browser, launchBrowser, openSignedIn, type Page, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { post } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

/** The guide's way from a connector with endpoints to flows that its events start, in the browser. */
describe.skipIf(chromiumPath === null)("incoming webhooks and triggers by the guide", () => {
  let browser: Browser;
  let provider: RestHookProvider;
  let place: Place;
  let server: Server;
  let page: Page;
  let faults: string[];
  let connector: string;
  const hook = { url: "", secret: "" };

  beforeAll(async () => {
    provider = await startRestHookProvider();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: provider.host });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    const context = await openSignedIn(browser, server);
    const { request } = context;
    // What earlier guides build: a connector whose endpoints pass their tests.
    const known = providerConnector(provider.url);
    ({ connector } = await ask(request, createConnector, {
      body: { name: "Helpdesk", description: "Tickets and their events" },
    }));
    const params = { connector };
    let base = 1;
    const save = async (edit: Body<typeof editConnector>["edit"]) => {
      ({ revision: base } = await ask(request, editConnector, { params, body: { base, edit } }));
    };
    await save({ edit: "basics", name: "Helpdesk", description: "Tickets and their events", category: "Support" });
    await save({ edit: "base", baseUrl: provider.url, auth: { kind: "none" } });
    for (const endpoint of known.endpoints) await save({ edit: "endpoint", replaces: null, endpoint });
    const test = (endpoint: string, inputs: Record<string, Json>) =>
      ask(request, testEndpoint, { params: { connector, endpoint }, body: { connection: null, inputs } });
    await test("subscribe", { url: "https://elsewhere.example/hook", secret: "s" });
    await test("list", {});
    await test("renew", { id: "sub-1", expiresAt: "2030-01-01T00:00:00Z" });
    await test("unsubscribe", { id: "sub-1" });
    page = await context.newPage();
    faults = watchFaults(page, server.url);
    await page.goto(`/connectors/${connector}`);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await provider?.close();
    place?.remove();
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const section = (name: RegExp) => page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name });

  const typesOffered = () => page.getByRole("combobox", { name: /^Type/ }).locator("option").allTextContents();

  it("adds a static webhook by its five fields, with URL validation", async () => {
    await section(/Incoming webhooks/).click();
    await page.getByText("No incoming webhooks yet").waitFor();
    await button("Add incoming webhook").first().click();
    await page.getByRole("heading", { name: "Add incoming webhook" }).waitFor();
    expect(await typesOffered()).toEqual(["Static webhook URL", "RESThook"]);
    await page.getByLabel("Webhook name").fill("Ticket events");
    await page.getByLabel("Short description").fill("Each change of a ticket");
    await page.getByLabel("Sender", { exact: true }).selectOption("fields");
    await page.getByLabel(/^Key/).fill("zoom_signature");
    await page.getByLabel("Prefix").fill("x-");
    await page.getByLabel("Hash algorithm").selectOption("sha256");
    await page.getByLabel("Encoding").selectOption("base64");
    await page.getByLabel("The sender validates the URL").check();
    await page.getByLabel("Challenge key").fill("plainToken");
    await page.getByLabel("Challenge response").fill("echoedToken");
    await button("Save incoming webhook").click();
    const row = page.getByRole("list", { name: "Incoming webhooks" }).getByRole("listitem");
    await row.getByText("Ticket events").waitFor();
    await row.getByText("Each change of a ticket").waitFor();
    await row.getByText(/x-zoom_signature/).waitFor();
  });

  it("adds a RESThook whose subscribe and unsubscribe calls are endpoints", async () => {
    await button("Add incoming webhook").first().click();
    await page.getByRole("combobox", { name: /^Type/ }).selectOption({ label: "RESThook" });
    await page.getByLabel("Webhook name").fill("Pushed events");
    await page.getByLabel("Sender", { exact: true }).selectOption("fields");
    await page.getByLabel(/^Key/).fill("x-hook-signature");
    await page.getByLabel("Hash algorithm").selectOption("sha256");
    await page.getByLabel(/^Subscribe endpoint/).selectOption("subscribe");
    await page.getByLabel("url", { exact: true }).fill("{{hook.url}}");
    await page.getByLabel("secret", { exact: true }).fill("{{hook.secret}}");
    await page.getByLabel("Unsubscribe endpoint").selectOption("unsubscribe");
    await page.getByRole("textbox", { name: "id", exact: true }).fill("{{subscription.id}}");
    await page.getByLabel("Subscription id").fill("id");
    await button("Save incoming webhook").click();
    await page.getByRole("list", { name: "Incoming webhooks" }).getByText("Pushed events").waitFor();
  });

  it("makes a trigger in the steps of the guide, tests it with an event, and pulls its output", async () => {
    await section(/Triggers/).click();
    await button("Create trigger").first().click();
    await page.getByLabel("Name").first().fill("Ticket opened");
    await button("Next").click();
    await page.getByLabel("Incoming webhook").selectOption({ label: "Ticket events" });
    await button("Add a filter").click();
    await page.getByLabel("Path in the body").fill("kind");
    await page.getByLabel("Value", { exact: true }).fill("opened");
    await button("Next").click();
    await page.getByText("It may be used in").waitFor();
    await button("Next").click();
    await button("Next").click();
    await button("Save and test").click();
    // The step before has a sample too, which goes away once the trigger is saved.
    await button("Run test").waitFor();
    await page.getByRole("textbox", { name: "Sample event" }).fill('{"kind": "opened", "ticket": {"id": "t-1"}}');
    await button("Run test").click();
    const result = page.getByRole("region", { name: "Result of the test" });
    await result.getByText("t-1").waitFor();
    await button("Pull output schema").click();
    await button(/Save trigger|Done/).click();
    await page.getByRole("list", { name: "Triggers" }).getByText("Ticket opened").waitFor();
    await button("Create trigger").first().click();
    await page.getByLabel("Name").first().fill("Anything pushed");
    await button("Next").click();
    await page.getByLabel("Incoming webhook").selectOption({ label: "Pushed events" });
    for (let step = 0; step < 4; step += 1) await button(/^(Next|Save and test)$/).click();
    await button(/Save trigger|Done/).click();
    await page.getByRole("list", { name: "Triggers" }).getByText("Anything pushed").waitFor();
  });

  it("adds the app, and sets up the static trigger in a flow: the URL is shown, and a challenge is echoed", async () => {
    await section(/Versions/).click();
    await button("Add app now").click();
    await page.getByTestId("version-row").getByText("In this workspace").waitFor();
    await newFlow("Tickets", "ticket opened");
    await button("Create hook URL").click();
    hook.secret = (await page.getByTestId("secret").textContent()) ?? "";
    hook.url = (await page.getByTestId("hook-URL").textContent()) ?? "";
    await publish();
    const asked = JSON.stringify({ plainToken: "abc123" });
    const challenge = await post(hook.url, {
      headers: { "Content-Type": "application/json", "Content-Length": String(asked.length) },
      body: asked,
    });
    expect({ status: challenge.status, body: JSON.parse(challenge.text) }).toEqual({
      status: 200,
      body: { echoedToken: "abc123" },
    });
    const body = JSON.stringify({ kind: "opened", ticket: { id: "t-9" } });
    const signed = (secret: string) => ({
      headers: {
        "Content-Type": "application/json",
        "Content-Length": String(body.length),
        "x-zoom_signature": createHmac("sha256", secret).update(body).digest("base64"),
      },
      body,
    });
    expect((await post(hook.url, signed("a guessed one"))).status).toBe(401);
    expect((await post(hook.url, signed(hook.secret))).status).toBe(200);
    await page.goto("/events");
    await expect.poll(() => page.getByTestId("event-row").count()).toBe(1);
  });

  it("subscribes by calling the provider, never shows that URL, and lets go when the flow is unpublished", async () => {
    await newFlow("Pushed", "anything pushed");
    await publish();
    await expect.poll(() => provider.subscriptions().length).toBe(1);
    const [remote] = provider.subscriptions();
    expect(remote && (await provider.post(remote, { id: "e-1" }))).toBe(200);
    await page.locator('[data-node-id="anything-pushed"]').click();
    await page.getByText("Subscribed", { exact: true }).waitFor();
    expect(await page.content()).not.toContain(remote?.url ?? "nothing");
    await button("More for Pushed").click();
    await page.getByRole("menuitem", { name: "Unpublish…" }).click();
    await button("Unpublish").click();
    await expect.poll(() => provider.subscriptions().length).toBe(0);
    expect(remote && (await provider.post(remote, { id: "e-2" }))).toBe(410);
  });

  it("offers one global URL only where an administrator vouches for the connector", async () => {
    await page.goto(`/connectors/${connector}`);
    await section(/Incoming webhooks/).click();
    await button("Add incoming webhook").first().click();
    await page.getByText("Why is there no single global URL?").click();
    await page.getByLabel(/This connector is ours/).click();
    await expect.poll(typesOffered).toEqual(["Static webhook URL", "RESThook", "Single global URL"]);
    await page.getByRole("combobox", { name: /^Type/ }).selectOption({ label: "Single global URL" });
    await page.getByLabel("Webhook name").fill("All events");
    await page.getByLabel("Value in the event").fill("account.id");
    await page.getByLabel("Field of the trigger").fill("account");
    await button("Save incoming webhook").click();
    const row = page.getByRole("list", { name: "Incoming webhooks" }).getByRole("listitem").filter({ hasText: "All events" });
    await row.waitFor();
    expect(faults).toEqual([]);
  });

  async function newFlow(name: string, trigger: string): Promise<void> {
    await page.goto("/flows");
    await button("New flow").click();
    await page.getByLabel("Name").fill(name);
    await button("Create flow").click();
    await button("Or choose a trigger of an app").click();
    await page.getByRole("combobox").fill(trigger);
    await page.getByRole("option").first().click();
  }

  async function publish(): Promise<void> {
    await page.keyboard.press("Escape");
    await button("Publish").click();
    await button(/Publish version/).click();
    await button("Done").click();
  }
});
