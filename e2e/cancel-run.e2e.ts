import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node } from "../runtime/testing/test-engine.ts";
import { type Browser, countLoads, launchBrowser, nodeShowing, openSignedIn, type Page, runShowing } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { publishHookFlow } from "./fixtures.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

const hourMs = 3_600_000;

describe.skipIf(chromiumPath === null)("a run that waits", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let page: Page;
  let flow: string;

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    const foundation = await place.foundation();
    const nodes = [node.delay("pause", hourMs), node.transform("shape", "{{trigger.body}}")];
    ({ flow } = await publishHookFlow(foundation, { name: "Slow", nodes, edges: ["event -> pause", "pause -> shape"] }));
    await foundation.pair.close();
    page = await (await openSignedIn(browser, server)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  it("is started from its flow's page and canceled from its own, after a question that can be answered with no", async () => {
    const loads = countLoads(page);
    await page.goto(`/flows/${flow}?view=published`);
    await page.getByRole("button", { name: "Run now" }).click();
    const start = page.getByRole("dialog");
    await start.getByRole("textbox").fill('{"name": "Mira"}');
    await start.getByRole("button", { name: "Run now" }).click();

    await page.waitForURL("**/runs/*");
    await runShowing(page, "waiting").waitFor();
    await nodeShowing(page, "pause", "waiting").waitFor();
    const cancel = page.getByRole("button", { name: "Cancel run" });
    await cancel.click();
    const question = page.getByRole("alertdialog", { name: "Cancel this run?" });
    await question.getByRole("button", { name: "Keep it running" }).click();
    await question.waitFor({ state: "detached" });
    await runShowing(page, "waiting").waitFor();

    await cancel.click();
    await question.getByRole("button", { name: "Cancel run" }).click();
    await runShowing(page, "canceled").waitFor();
    await nodeShowing(page, "pause", "canceled").waitFor();
    expect(await page.locator('[data-node-id="shape"]').getAttribute("data-status")).not.toBe("succeeded");
    expect(loads()).toBe(1);

    // What has ended cannot be canceled; it can be run again with the same event.
    await cancel.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Run again", exact: true }).click();
    await page.getByRole("button", { name: "Change the event…" }).click();
    expect(await page.getByRole("dialog").getByRole("textbox").inputValue()).toContain("Mira");
  });
});
