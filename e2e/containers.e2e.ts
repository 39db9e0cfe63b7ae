import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Flow } from "../shared/flow/flow.ts";
import { type Browser, type BrowserContext, launchBrowser, openSignedIn, type Page, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";
import { expectWellMade } from "./strict-rules.ts";

const headers = { "X-Patchbay-Request": "1" };
const start: Flow["nodes"][number] = {
  id: "start",
  name: "Start",
  kind: "manual-trigger",
  sample: { rows: [{ n: 1 }, { n: 2 }, { n: 3 }] },
  position: { x: 0, y: 0 },
};

describe.skipIf(chromiumPath === null)("a loop, from the palette to its run", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  let flow: string;
  let faults: string[];

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    context = await openSignedIn(browser, server);
    page = await context.newPage();
    faults = watchFaults(page, server.url);
    const made = await context.request.post("/api/v1/flows", { headers, data: { name: "Each row" } });
    flow = ((await made.json()) as { flow: string }).flow;
    const edit = { edit: "add", nodes: [{ node: start }], edges: [] };
    await context.request.post(`/api/v1/flows/${flow}/draft/edits`, { headers, data: { base: 0, save: "seed", edits: [edit] } });
    await page.goto(`/flows/${flow}`);
    await card("start").waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  const card = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
  const boxOf = async (id: string) => (await card(id).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const button = (name: string | RegExp) => page.getByRole("button", { name });
  async function choose(words: string): Promise<void> {
    await page.getByRole("combobox", { name: /^Add a node/ }).waitFor();
    await page.keyboard.type(words);
    await page.keyboard.press("Enter");
  }
  /** What the server holds once everything is saved. */
  async function settled(): Promise<Flow> {
    await page.keyboard.press("Control+s");
    await page.locator('[data-testid="save-state"][data-state="saved"]').waitFor();
    const answer = await context.request.get(`/api/v1/flows/${flow}/draft`);
    return ((await answer.json()) as { document: Flow }).document;
  }
  async function drag(id: string, by: { x: number; y: number }): Promise<void> {
    const { x, y, width, height } = await boxOf(id);
    const from = { x: x + width / 2, y: y + height / 2 };
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + by.x / 2, from.y + by.y / 2, { steps: 4 });
    await page.mouse.move(from.x + by.x, from.y + by.y, { steps: 4 });
    await page.mouse.up();
  }

  it("is built by mouse and palette: a frame, a step inside of it, and one behind that", async () => {
    await card("start").click();
    await page.keyboard.press("Tab");
    await choose("for each");
    await card("for-each").waitFor();
    await page.getByRole("textbox", { name: "List" }).fill("{{trigger.body.rows}}");
    await button("Add a step inside “For each”").click();
    await choose("transform");
    await card("transform").waitFor();
    await card("transform").click();
    await page.keyboard.press("Tab");
    await choose("filter");
    await card("filter").waitFor();
    await page.getByRole("textbox", { name: "Value", exact: true }).fill("{{item.n}}");
    const { nodes, edges } = await settled();
    expect(nodes.map((node) => [node.id, "parent" in node ? node.parent : null])).toEqual([
      ["start", null],
      ["for-each", null],
      ["transform", "for-each"],
      ["filter", "for-each"],
    ]);
    expect(edges.map(({ source, target }) => `${source} ${target}`)).toEqual(["start for-each", "transform filter"]);
    const [frame, inner] = [await boxOf("for-each"), await boxOf("filter")];
    expect(inner.y + inner.height).toBeLessThan(frame.y + frame.height);
    expect(inner.x).toBeGreaterThan(frame.x);
  });

  it("moves its inside with it, and lets out only what no edge holds", async () => {
    const before = await settled();
    await drag("filter", { x: 500, y: 0 });
    await page.getByText(/“Filter” cannot go out/).waitFor();
    expect((await settled()).nodes).toEqual(before.nodes);
    const inner = await boxOf("filter");
    const frame = await boxOf("for-each");
    // By its header, beside the port.
    await page.mouse.move(frame.x + 80, frame.y + 20);
    await page.mouse.down();
    await page.mouse.move(frame.x + 160, frame.y + 60, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => (await boxOf("filter")).x).toBeGreaterThan(inner.x);
    const after = await settled();
    const placeOf = (flowNow: Flow, id: string) => flowNow.nodes.find((node) => node.id === id)?.position;
    expect(placeOf(after, "filter")).toEqual(placeOf(before, "filter"));
    expect(placeOf(after, "for-each")).not.toEqual(placeOf(before, "for-each"));
  });

  it("runs as a draft, and shows how far it came and each iteration", async () => {
    await card("filter").click();
    await page.getByRole("combobox", { name: /^Operator/ }).selectOption("greater-than");
    await page.getByRole("textbox", { name: "Compared with" }).fill("1");
    await settled();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText("3 of 3").waitFor();
    const inside = page.locator('[data-node-id="filter"][data-status="succeeded"]');
    await inside.waitFor();
    await button("Iteration after, of For each").click();
    await expect.poll(() => page.getByRole("textbox", { name: "Iteration of For each" }).inputValue()).toBe("2");
    await inside.waitFor();
    await expectWellMade(page, { folder: "pages", name: "loop-run" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await button("Back to editing").click();
  });

  it("is published, and drawn again as it was", async () => {
    await button("Publish").click();
    await button("Publish version 1").click();
    await page
      .getByText(/^Version 1/)
      .first()
      .waitFor();
    await page.reload();
    await card("filter").waitFor();
    await expect.poll(() => page.locator(".react-flow__node .node-frame").count()).toBe(1);
    expect(await card("filter").getAttribute("aria-label")).toContain("inside “For each”");
    expect(faults).toEqual([]);
  });
});
