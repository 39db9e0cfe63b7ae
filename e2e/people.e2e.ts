import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, launchBrowser, openSignedIn, openWindow, type Page } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

describe.skipIf(chromiumPath === null)("two people in one workspace", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let ada: Page;
  let eve: Page;
  let flow: string;

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    ada = await (await openSignedIn(browser, server)).newPage();
    eve = await (await openWindow(browser, server)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  it("come together by a link that is good once", async () => {
    await ada.goto("/people");
    await ada.getByRole("button", { name: "Invite" }).click();
    await ada.getByRole("button", { name: "Create link" }).click();
    const link = (await ada.getByTestId("invitation-link").textContent()) ?? "";
    await eve.goto(link);
    await eve.getByRole("heading", { name: /^Join/ }).waitFor();
    await eve.getByLabel("Your name").fill("Eve");
    await eve.getByLabel("E-mail").fill("eve@example.com");
    await eve.getByLabel("Password").fill("a password of hers");
    await eve.getByRole("button", { name: "Join" }).click();
    await eve.getByRole("link", { name: "Connections" }).waitFor();

    const stranger = await (await openWindow(browser, server)).newPage();
    await stranger.goto(link);
    await stranger.getByRole("heading", { name: "This invitation is not good" }).waitFor();
    await stranger.context().close();
  });

  it("the user connects and runs, and is refused by the server what only administrators may do", async () => {
    expect(await eve.getByRole("link", { name: "People" }).count()).toBe(0);
    await eve.goto("/flows");
    await eve.getByRole("link", { name: /Inbound lead/ }).click();
    await eve.locator("[data-node-id]").first().waitFor();
    expect(await eve.getByRole("button", { name: "Publish" }).count()).toBe(0);
    flow = new URL(eve.url()).pathname.split("/").at(-1) ?? "";

    const headers = { "X-Patchbay-Request": "1" };
    const request = eve.context().request;
    const asks = [
      request.post("/api/v1/flows", { headers, data: { name: "Hers" } }),
      request.post(`/api/v1/flows/${flow}/publish`, { headers, data: { revision: 0 } }),
      request.post("/api/v1/connectors", { headers, data: { name: "Hers" } }),
      request.get("/api/v1/people"),
      request.post("/api/v1/invitations", { headers, data: { role: "administrator" } }),
    ];
    for (const answer of await Promise.all(asks)) expect(answer.status()).toBe(403);

    const connected = await request.post("/api/v1/connections", {
      headers,
      data: { connector: "zoominfo", name: "Hers", target: "sandbox", credentials: { username: "eve", password: "secret" } },
    });
    expect(connected.status()).toBe(200);
    const run = await request.post(`/api/v1/flows/${flow}/runs`, { headers, data: {} });
    expect(run.status()).toBe(200);
  });

  it("do not write over each other: the second to save is told, keeps a copy and loads what the first has saved", async () => {
    await ada.goto(`/flows/${flow}`);
    const other = await ada.context().newPage();
    await other.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await other.goto(`/flows/${flow}`);
    const rename = async (page: Page, name: string) => {
      await page.locator('[data-node-id="lead"]').click();
      await page.getByLabel("Name of the node").fill(name);
    };
    await other.locator('[data-node-id="lead"]').waitFor();
    await rename(ada, "Renamed by the first");
    await ada.locator('[data-testid="save-state"][data-state="saved"]').waitFor();
    await ada.getByText("draft has changes").waitFor();

    await rename(other, "Renamed by the second");
    await other.getByText("Somebody else has saved this draft meanwhile.").waitFor();
    await other.getByRole("button", { name: "Keep mine as a copy" }).click();
    await other.getByText("Copied: paste it").waitFor();
    expect(await other.evaluate(() => navigator.clipboard.readText())).toContain("Renamed by the second");
    await other.getByRole("button", { name: "Load theirs" }).click();
    await other.locator('[data-node-id="lead"]').getByText("Renamed by the first").waitFor();
    expect(await other.getByText("Renamed by the second").count()).toBe(0);
  });
});
