import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishConnector } from "../runtime/connectors/publish-connector.ts";
import { Connector } from "../shared/connector/connector.ts";
import { type Browser, launchBrowser, openSignedIn, type Page, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { post } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

const shop = Connector.parse({
  schemaVersion: 1,
  key: "shop",
  name: "Shop",
  description: "Sells things",
  baseUrl: "https://shop.example.com",
  auth: { kind: "none" },
  endpoints: [{ key: "orders", name: "Orders", method: "GET", path: "/orders", parameters: [] }],
  incomingWebhooks: [
    {
      key: "events",
      name: "Shop events",
      kind: "static",
      recipe: {
        kind: "hmac",
        algorithm: "sha256",
        encoding: "hex",
        signature: { places: [{ in: "header", name: "X-Shop-Signature" }] },
        signedContent: [{ part: "body" }],
        dedupe: { candidates: [{ in: "body", path: "id" }] },
        eventType: { in: "body", path: "type" },
      },
    },
  ],
  triggers: [
    {
      key: "order",
      name: "Order placed",
      description: "Somebody bought something",
      source: {
        kind: "webhook",
        webhook: "events",
        filters: [
          { path: "type", operator: "equals", value: "order.placed" },
          { path: "total", operator: "exists" },
        ],
      },
      transformation: { number: "{{event.body.id}}", total: "{{event.body.total}}" },
      sample: { id: "o-0", type: "order.placed", total: 1 },
    },
  ],
});

describe.skipIf(chromiumPath === null)("a static trigger of an app", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let page: Page;
  let faults: string[];
  const hook = { url: "", secret: "" };

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    page = await (await openSignedIn(browser, server)).newPage();
    const foundation = await place.foundation();
    const [row] = await foundation.sql.read<{ id: string }>(`SELECT id FROM workspaces LIMIT 1`);
    await publishConnector(foundation, row?.id ?? "", shop);
    await foundation.pair.close();
    faults = watchFaults(page, server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const send = (event: object, sign = (body: string) => createHmac("sha256", hook.secret).update(body).digest("hex")) => {
    const body = JSON.stringify(event);
    const headers = { "Content-Type": "application/json", "X-Shop-Signature": sign(body), "Content-Length": String(body.length) };
    return post(hook.url, { headers, body });
  };

  it("is chosen on an empty canvas and set up: URL and secret to be copied", async () => {
    await page.goto("/flows");
    await button("New flow").click();
    await page.getByLabel("Name").fill("Orders");
    await button("Create flow").click();
    await button("Or choose a trigger of an app").click();
    await page.getByRole("combobox").fill("order placed");
    await page.getByRole("option", { name: /Order placed/ }).click();
    await button("Create hook URL").click();
    hook.secret = (await page.getByTestId("secret").textContent()) ?? "";
    hook.url = (await page.getByTestId("hook-URL").textContent()) ?? "";
    expect(hook.url).toMatch(/\/hooks\/hook_/);
    await page.getByText("Only storing").waitFor();
  });

  it("starts a run for each event that fits, and keeps those that do not", async () => {
    await page.keyboard.press("Escape");
    await button("Publish").click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
    await page
      .getByText(/Published v1/)
      .first()
      .waitFor();
    expect((await send({ id: "o-1", type: "order.placed", total: 12 })).status).toBe(200);
    expect((await send({ id: "o-2", type: "order.changed", total: 12 })).status).toBe(200);
    expect((await send({ id: "o-1", type: "order.placed", total: 12 })).text).toContain('"duplicate":true');
    await page.goto("/events");
    await expect.poll(() => page.getByTestId("event-row").count()).toBe(2);
    await page.getByTestId("event-row").filter({ hasText: "Filtered out" }).waitFor();
    await page.getByTestId("event-row").filter({ hasText: "1 ×" }).waitFor();
    await page.getByRole("radio", { name: "Filtered out" }).click();
    await expect.poll(() => page.getByTestId("event-row").count()).toBe(1);
    await page.getByRole("radio", { name: "All" }).click();
    await page.getByLabel("Text in the body").fill("o-2");
    await expect.poll(() => page.getByTestId("event-row").count()).toBe(1);
  });

  it("refuses what is signed otherwise, shows what it would have signed, and finds out how it was", async () => {
    const otherwise = (body: string) => createHmac("sha1", hook.secret).update(body).digest("base64");
    expect((await send({ id: "o-3", type: "order.placed", total: 3 }, otherwise)).status).toBe(401);
    await page.goto("/events?view=refused");
    await page.getByText("Why was this refused?").click();
    await page.getByTestId("signed-content").filter({ hasText: '"id":"o-3"' }).waitFor();
    await button("Find out how it was signed").click();
    const found = page.getByTestId("detection");
    await found
      .getByText(/HMAC.SHA.?1/i)
      .first()
      .waitFor();
    expect(await page.content()).not.toContain(hook.secret);
  });

  it("has the detective work on a request that was captured elsewhere", async () => {
    await page.getByRole("radio", { name: "Signature detective" }).click();
    const body = '{"zen":"Keep it simple."}';
    const signature = createHmac("sha256", "elsewhere").update(body).digest("hex");
    await page
      .getByLabel("Request")
      .fill(`POST /hook HTTP/1.1\nHost: a.example\nX-Hub-Signature-256: sha256=${signature}\n\n${body}`);
    await page.getByLabel("Secret").fill("elsewhere");
    await button("Find the signature").click();
    await page.getByTestId("detection").getByRole("heading", { name: "GitHub" }).waitFor();
    await page.getByLabel("Secret").fill("another");
    await button("Find the signature").click();
    await page.getByTestId("detection").getByRole("heading", { name: "No recipe matches" }).waitFor();
  });

  it("sends an event again", async () => {
    await page.goto("/events?text=o-1");
    await page.getByTestId("event-row").getByRole("link").first().click();
    await page.getByText("HMAC-SHA256 in X-Shop-Signature").waitFor();
    await button("Replay").click();
    await page.waitForURL(/\/runs\/run_/);
    await page.getByText("Succeeded").first().waitFor();
  });

  it("is paused, keeps what comes, and starts it when it goes on", async () => {
    await page.goto("/flows");
    await page.getByRole("link", { name: "Orders" }).click();
    await button("More for Orders").click();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await page.getByText("Paused v1").first().waitFor();
    expect((await send({ id: "o-4", type: "order.placed", total: 4 })).status).toBe(200);
    await page.goto("/events?state=held");
    await expect.poll(() => page.getByTestId("event-row").count()).toBe(1);
    await page.goBack();
    await button("Resume").click();
    await page.goto("/events?text=o-4");
    await page.getByTestId("event-row").getByText("Succeeded").waitFor();
  });

  it("has a sheet for the sender, whose sample is taken", async () => {
    await page.goto("/flows");
    await page.getByRole("link", { name: "Orders" }).click();
    await page.locator('[data-node-id="order-placed"]').click();
    await button("Set-up sheet for the sender").click();
    const link = (await page.getByTestId("sheet-link").textContent()) ?? "";
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(link);
    await stranger.getByRole("heading", { name: "Send your events here" }).waitFor();
    const curl = (await stranger.getByTestId("sheet-curl").textContent()) ?? "";
    const [, signature = ""] = /X-Shop-Signature: ([0-9a-f]{64})/i.exec(curl) ?? [];
    const [, body = ""] = /--data-raw '(.*)'/.exec(curl) ?? [];
    expect(createHmac("sha256", hook.secret).update(body).digest("hex")).toBe(signature);
    await button("Withdraw the sheet").click();
    await page.getByText("Set-up sheet for the sender").waitFor();
    await stranger.reload();
    await stranger.getByText("This link is not valid").waitFor();
    expect(faults).toEqual([]);
  });
});
