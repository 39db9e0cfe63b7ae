import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../runtime/cli/embedded-postgres.ts";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import type { TestHook } from "../runtime/testing/test-hook.ts";
import {
  administrator,
  type Browser,
  countLoads,
  launchBrowser,
  nodeShowing,
  openSignedIn,
  openWindow,
  type Page,
  runShowing,
  watchFaults,
} from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { freePort, makePlace, type Place, type Server, startServer } from "./server.ts";

const hourMs = 3_600_000;

describe.skipIf(chromiumPath === null)("two API nodes and a worker, in the browser", () => {
  let browser: Browser;
  let postgres: PostgresServer;
  let upstream: FakeUpstream;
  let place: Place;
  let nodes: Server[];
  let first: Server;
  let second: Server;
  let slow: TestHook;
  let page: Page;

  beforeAll(async () => {
    [postgres, upstream, browser] = await Promise.all([startPostgres(), startFakeUpstream(), launchBrowser()]);
    const port = await freePort();
    place = await makePlace({
      DATABASE_URL: postgres.url,
      PATCHBAY_ALLOW_HTTP: upstream.host,
      // One address for both, as behind a balancer.
      PATCHBAY_PORT: String(port),
      PATCHBAY_PUBLIC_URL: `http://127.0.0.1:${port}`,
    });
    const other = { PATCHBAY_PORT: String(await freePort()) };
    const started = await Promise.all([
      startServer(place, { role: "api" }),
      startServer(place, { role: "api", env: other }),
      startServer(place, { role: "worker" }),
    ]);
    [first, second] = started;
    nodes = started;
    const foundation = await place.foundation();
    slow = await publishHookFlow(foundation, {
      name: "Asks, then waits",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [node.call("ask", "read"), node.delay("pause", hourMs), node.transform("shape", "{{steps.ask.output}}")],
      edges: ["event -> ask", "ask -> pause", "pause -> shape"],
    });
    await foundation.pair.close();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all((nodes ?? []).map((server) => server.end("SIGTERM")));
    await upstream?.close();
    await postgres?.stop();
    place?.remove();
  });

  it("know at one node who has signed in at the other", async () => {
    await (await openSignedIn(browser, first)).close();
    page = await (await openWindow(browser, first)).newPage();
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill(administrator.email);
    await page.getByLabel("Password").fill(administrator.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Runs", exact: true }).waitFor();
    await page.goto(`${second.url}/runs`);
    await page.getByText(administrator.name).first().waitFor();
    expect(new URL(page.url()).origin).toBe(second.url);
  });

  it("show a run live at the node that did not take its event in, and cancel it there", async () => {
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    upstream.always({ body: { said: "Good day" }, after: held });
    const faults = watchFaults(page, second.url);
    const loads = countLoads(page);
    await page.goto(`${second.url}/runs`);
    const { status, headers } = await post(`${first.url}/hooks/${slow.hook}`, sign(slow.secret, "slow-1", { name: "Mira" }));
    expect(status).toBe(200);
    const run = String(headers["x-patchbay-run"]);
    // The list at the second node learns of it by itself.
    await page
      .getByRole("link", { name: /Asks, then waits/ })
      .first()
      .click();
    await page.waitForURL(`${second.url}/runs/${run}`);
    await nodeShowing(page, "ask", "running").waitFor();
    letGo();
    await nodeShowing(page, "ask", "succeeded").waitFor();
    await nodeShowing(page, "pause", "waiting").waitFor();

    const other = await page.context().newPage();
    await other.goto(`${first.url}/runs/${run}`);
    await runShowing(other, "waiting").waitFor();

    await page.getByRole("button", { name: "Cancel run" }).click();
    await page.getByRole("alertdialog", { name: "Cancel this run?" }).getByRole("button", { name: "Cancel run" }).click();
    for (const each of [page, other]) {
      await runShowing(each, "canceled").waitFor();
      await nodeShowing(each, "pause", "canceled").waitFor();
    }
    expect(loads()).toBe(1);
    expect(faults).toEqual([]);
  });
});
