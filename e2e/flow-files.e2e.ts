import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FlowFile } from "../shared/flow/flow-file.ts";
import { type Browser, launchBrowser, openSignedIn, type Page, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";
import { expectWellMade } from "./strict-rules.ts";

describe.skipIf(chromiumPath === null)("a flow goes out as a file and comes in again", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let page: Page;
  let faults: string[];
  let text: string;

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    page = await (await openSignedIn(browser, server)).newPage();
    faults = watchFaults(page, server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  async function exported(): Promise<string> {
    await page.getByRole("button", { name: /^More/ }).first().click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Export as file" }).click(),
    ]);
    return readFileSync(await download.path(), "utf8");
  }
  async function choose(name: string, content: string): Promise<void> {
    await page.goto("/flows");
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Import", { exact: true }).click()]);
    await chooser.setFiles({ name, mimeType: "application/json", buffer: Buffer.from(content) });
  }

  it("is exported with slots in the place of connections, the same text each time", async () => {
    await page.goto("/flows");
    await page.getByRole("link", { name: "Inbound lead" }).click();
    text = await exported();
    expect(await exported()).toBe(text);
    const { flow, slots } = FlowFile.parse(JSON.parse(text));
    expect(flow.nodes).toHaveLength(6);
    expect(slots.map(({ connector }) => connector)).toEqual(["zoominfo"]);
    expect(text).not.toContain("con_");
  });

  it("says of a file that is none what is wrong with it", async () => {
    await choose("wrong.flow.json", text.replace('"kind": "branch"', '"kind": "fork"'));
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("alert").filter({ hasText: "fork" }).waitFor();
    expect(faults.splice(0)).toEqual([expect.stringContaining("status of 422")]);
    await expectWellMade(page, { folder: "dialogs", name: "import-flow-refused" });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("is imported as a draft under another name, its slot filled, and gives the same file again", async () => {
    await choose("lead.flow.json", text);
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Lead from a file");
    await dialog.getByRole("combobox", { name: /^Connection for/ }).selectOption({ index: 1 });
    await dialog.getByRole("button", { name: "Import" }).click();
    await page.getByRole("heading", { level: 1, name: "Lead from a file" }).waitFor();
    await page.locator("[data-node-id]").nth(5).waitFor();
    const again = await exported();
    expect(again).toBe(text.replace('"Inbound lead"', '"Lead from a file"'));
    expect(faults).toEqual([]);
  });
});
