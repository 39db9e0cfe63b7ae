import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Flow } from "../shared/flow/flow.ts";
import { type Browser, type BrowserContext, launchBrowser, openSignedIn, type Page, runShowing, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

const headers = { "X-Patchbay-Request": "1" };
const phone = { width: 390, height: 844 };
/** Where pictures are put that somebody wants to look at; none else. */
const pictures = process.env.PATCHBAY_E2E_PICTURES;

const nodes: Flow["nodes"] = [
  { id: "start", name: "Start", kind: "manual-trigger", sample: { to: "Mira Holm" }, position: { x: 0, y: 0 } },
  {
    id: "may",
    name: "May it be paid?",
    kind: "approval",
    title: "Pay {{trigger.body.to}}?",
    description: "The invoice of the trip to Oslo.\nIt is due on Friday.",
    form: [
      { key: "amount", name: "Amount", type: "number", required: true, description: "In euros." },
      { key: "by", name: "How", type: "choice", options: ["Transfer", "Card"], required: true },
      { key: "day", name: "On", type: "date", required: false },
      { key: "tell", name: "Tell Mira", type: "yes-no", required: false },
    ],
    approvers: [],
    deadlineMs: 86_400_000,
    position: { x: 320, y: 0 },
  },
  { id: "paid", name: "Paid", kind: "transform", output: "{{steps.may.output.form}}", position: { x: 640, y: 0 } },
];
const edges: Flow["edges"] = [
  { id: "e1", source: "start", port: "out", target: "may" },
  { id: "e2", source: "may", port: "approved", target: "paid" },
];

describe.skipIf(chromiumPath === null)("an approval", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  let flow: string;

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    context = await openSignedIn(browser, server);
    page = await context.newPage();
    const made = await context.request.post("/api/v1/flows", { headers, data: { name: "Pay" } });
    flow = ((await made.json()) as { flow: string }).flow;
    const edit = { edit: "add", nodes: nodes.map((node) => ({ node })), edges: edges.map((edge) => ({ edge })) };
    const saved = await context.request.post(`/api/v1/flows/${flow}/draft/edits`, {
      headers,
      data: { base: 0, save: "seed", edits: [edit] },
    });
    expect(await saved.text()).not.toContain('"error"');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  async function startRun(): Promise<string> {
    const answer = await context.request.post(`/api/v1/flows/${flow}/draft/runs`, {
      headers,
      data: { revision: 1, body: { to: "Mira Holm" } },
    });
    expect(answer.status(), await answer.text()).toBe(200);
    const { run } = (await answer.json()) as { run: string };
    await page.goto(`/runs/${run}?step=may`);
    await page.getByRole("heading", { name: "Pay Mira Holm?" }).waitFor();
    return run;
  }

  async function look(at: Page, name: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await at.emulateMedia({ colorScheme });
      if (pictures) await at.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
    }
    // Nothing is cut off, or has to be scrolled to sideways.
    expect(await at.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }

  it("is decided on a phone by whoever has the link, and the run goes on", async () => {
    await startRun();
    await look(page, "panel");
    const link = (await page.getByTestId("link").textContent()) ?? "";
    const stranger = await browser.newContext({ baseURL: server.url, viewport: phone, hasTouch: true, isMobile: true });
    const hand = await stranger.newPage();
    const faults = watchFaults(hand, server.url);
    await hand.goto(link);
    await hand.getByRole("button", { name: "Approve" }).tap();
    await hand.getByText('"Amount" is required').waitFor();
    await look(hand, "phone");
    for (const control of await hand.locator("input:not([type=checkbox]), select, button").all())
      expect((await control.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(44);
    await hand.getByLabel(/^Amount/).fill("120.5");
    await hand.getByLabel(/^How/).selectOption("Card");
    await hand.getByLabel("On").fill("2026-12-04");
    await hand.getByLabel("Tell Mira").check();
    await hand.getByLabel("Comment").fill("As agreed.");
    await hand.getByRole("button", { name: "Approve" }).tap();
    await hand.getByRole("status").getByText("Approved").waitFor();
    await look(hand, "decided");
    expect(faults).toEqual([]);
    await stranger.close();
    await runShowing(page, "succeeded").first().waitFor();
    await page.goto(page.url().replace("step=may", "step=paid"));
    await page.getByRole("tab", { name: "Output" }).click();
    await page.getByText("120.5").first().waitFor();
  });

  it("is rejected in the product by somebody whose name is kept", async () => {
    const run = await startRun();
    await page.goto("/runs");
    await look(page, "list");
    await page.getByRole("region", { name: "Waiting for you" }).getByRole("link", { name: "Pay Mira Holm?" }).click();
    await page.getByRole("button", { name: "Reject" }).click();
    await runShowing(page, "succeeded").first().waitFor();
    const { entries } = (await (await context.request.get(`/api/v1/runs/${run}`)).json()) as {
      entries: { kind: string; by?: string }[];
    };
    expect(entries.find(({ kind }) => kind === "signal-received")?.by).toMatch(/^usr_/);
  });
});
