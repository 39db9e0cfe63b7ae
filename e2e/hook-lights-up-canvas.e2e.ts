import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import {
  administrator,
  type Browser,
  countLoads,
  launchBrowser,
  nodeShowing,
  openWindow,
  type Page,
  runShowing,
  watchFaults,
} from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

describe.skipIf(chromiumPath === null)("from the one-time link to a run on the canvas", () => {
  let browser: Browser;
  let upstream: FakeUpstream;
  let place: Place;
  let server: Server;
  let page: Page;
  let hook: { flow: string; hook: string; secret: string };

  beforeAll(async () => {
    upstream = await startFakeUpstream();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: upstream.host });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    const foundation = await place.foundation();
    hook = await publishHookFlow(foundation, {
      name: "Two calls",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [
        node.call("first", "read", { inputs: { value: "{{trigger.body.name}}" } }),
        node.call("second", "read", { inputs: { value: "{{steps.first.output.greeting}}" } }),
        node.transform("shape", { said: "{{steps.second.output.greeting}}" }),
      ],
      edges: ["event -> first", "first -> second", "second -> shape"],
    });
    await foundation.pair.close();
    page = await (await openWindow(browser, server)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await upstream?.close();
    place?.remove();
  });

  it("creates the first administrator through the link, which then has done its work", async () => {
    const faults = watchFaults(page, server.url);
    await page.goto(server.setupUrl ?? "");
    await page.getByLabel("Your name").fill(administrator.name);
    await page.getByLabel("E-mail").fill(administrator.email);
    await page.getByLabel("Password").fill("too short");
    await page.getByRole("button", { name: "Create administrator" }).click();
    await page.getByText("Must have at least 10 characters.").waitFor();
    await page.getByLabel("Password").fill(administrator.password);
    await page.getByRole("button", { name: "Create administrator" }).click();
    await page.getByRole("heading", { name: "Plug in the first event" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/");

    const stranger = await (await openWindow(browser, server)).newPage();
    await stranger.goto(server.setupUrl ?? "");
    await stranger.getByRole("heading", { name: "Already set up" }).waitFor();
    await stranger.context().close();
    expect(faults).toEqual([]);
  });

  it("signs out and in again, and says so when the password is wrong", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto("/runs");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("E-mail").fill(administrator.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "do not belong together" }).waitFor();
    await page.getByLabel("Password").fill(administrator.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    // Back where one wanted to go before signing in.
    await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/runs");
  });

  it("shows a signed hook's run while it goes on and when it ends, without a reload, and the same when opened later", async () => {
    const context = page.context();
    const [runs, events] = [await context.newPage(), await context.newPage()];
    const loads = [page, runs, events].map(countLoads);
    const faults = [page, runs, events].map((each) => watchFaults(each, server.url));
    await Promise.all([runs.goto("/runs"), events.goto("/events")]);
    await runs.getByText("No runs yet").waitFor();
    await events.getByText("No events yet").waitFor();
    await Promise.all([runs, events].map((each) => each.getByTestId("connection").filter({ hasText: "Live" }).waitFor()));

    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    upstream.next({ body: { greeting: "Hello Mira" } }, { body: { greeting: "Good day Mira" }, after: held });
    const delivery = sign(hook.secret, "delivery_1", { name: "Mira" });
    const answer = await post(`${server.url}/hooks/${hook.hook}`, delivery);
    expect(answer.status).toBe(200);
    const { run, event } = JSON.parse(answer.text) as { run: string; event: string };

    // Both lists hear of it while the run is still going on.
    await Promise.all([runs, events].map((each) => each.locator("tbody tr").filter({ hasText: "Running" }).waitFor()));

    await page.goto(`/runs/${run}`);
    await nodeShowing(page, "second", "running").waitFor();
    await nodeShowing(page, "first", "succeeded").waitFor();
    await runShowing(page, "running").waitFor();
    expect(await page.locator('[data-node-id="shape"]').getAttribute("data-status")).not.toBe("succeeded");

    letGo();
    await runShowing(page, "succeeded").waitFor();
    const nodes = ["event", "first", "second", "shape"];
    for (const id of nodes) await nodeShowing(page, id, "succeeded").waitFor();
    await Promise.all([runs, events].map((each) => each.locator("tbody tr").filter({ hasText: "Succeeded" }).waitFor()));
    expect(loads.map((count) => count())).toEqual([1, 1, 1]);

    await showsData(page);
    const later = await context.newPage();
    await later.goto(`/runs/${run}`);
    await runShowing(later, "succeeded").waitFor();
    for (const id of nodes) await nodeShowing(later, id, "succeeded").waitFor();
    await showsData(later);

    await events.goto(`/events/${event}`);
    await events.getByText('"Mira"').first().waitFor();
    expect(faults.flat()).toEqual([]);
    for (const each of [runs, events, later]) await each.close();
  });

  /** What the second call was given and what it gave, as the person finds it beside the canvas. */
  async function showsData(at: Page): Promise<void> {
    // A tab behind others paints once a second.
    await at.bringToFront();
    await at.locator('[data-node-id="second"]').click();
    const panel = at.locator('[data-testid="step-panel"][data-step="second"]');
    await panel.getByRole("tab", { name: "Input" }).click();
    await panel.getByRole("tabpanel").getByText("Hello Mira").waitFor();
    await panel.getByRole("tab", { name: "Output" }).click();
    await panel.getByRole("tabpanel").getByText("Good day Mira").waitFor();
  }
});
