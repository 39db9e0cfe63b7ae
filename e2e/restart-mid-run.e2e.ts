import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import {
  type Browser,
  type BrowserContext,
  countLoads,
  launchBrowser,
  nodeShowing,
  openSignedIn,
  runShowing,
} from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";
import { expectWellMade } from "./strict-rules.ts";

describe.skipIf(chromiumPath === null)("a server that is killed between two steps", () => {
  let browser: Browser;
  let upstream: FakeUpstream;
  let place: Place;
  let server: Server;
  let context: BrowserContext;
  let hook: { flow: string; hook: string; secret: string };

  beforeAll(async () => {
    upstream = await startFakeUpstream();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: upstream.host });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    const foundation = await place.foundation();
    hook = await publishHookFlow(foundation, {
      name: "Three calls",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [node.call("first", "unsafe"), node.call("second", "keyed"), node.call("third", "unsafe")],
      edges: ["event -> first", "first -> second", "second -> third"],
    });
    await foundation.pair.close();
    context = await openSignedIn(browser, server);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await upstream?.close();
    place?.remove();
  });

  it("goes on where it was: no finished call is sent again, and the open page follows to the end by itself", async () => {
    upstream.next({ body: { number: 1 } }, { hang: true });
    const answer = await post(`${server.url}/hooks/${hook.hook}`, sign(hook.secret, "delivery_1", {}));
    const { run } = JSON.parse(answer.text) as { run: string };
    const page = await context.newPage();
    const loads = countLoads(page);
    await page.goto(`/runs/${run}`);
    await nodeShowing(page, "second", "running").waitFor();
    await upstream.received(2);

    await server.end("SIGKILL");
    await page
      .getByTestId("connection")
      .filter({ hasText: /Reconnecting|Offline/ })
      .waitFor();
    server = await startServer(place);

    await runShowing(page, "succeeded").waitFor();
    for (const id of ["event", "first", "second", "third"]) await nodeShowing(page, id, "succeeded").waitFor();
    await page.getByText("Resumed once").waitFor();
    await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
    expect(loads()).toBe(1);

    const sent = (path: string) => upstream.requests.filter((request) => request.path === path);
    expect([sent("/unsafe").length, sent("/keyed").length]).toEqual([2, 2]);
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/unsafe", "/keyed", "/keyed", "/unsafe"]);
    // The call in flight is sent once more, and its receiver can tell that it is the same one.
    const keys = sent("/keyed").map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([expect.stringMatching(/./), keys[0]]);
    await page.close();
  });

  it("asks a person whether a call in flight that cannot be repeated safely is sent again", async () => {
    const before = upstream.requests.length;
    upstream.next({ hang: true });
    const answer = await post(`${server.url}/hooks/${hook.hook}`, sign(hook.secret, "delivery_2", {}));
    const { run } = JSON.parse(answer.text) as { run: string };
    const page = await context.newPage();
    await page.goto(`/runs/${run}`);
    await nodeShowing(page, "first", "running").waitFor();
    await upstream.received(before + 1);

    await server.end("SIGKILL");
    server = await startServer(place);
    await runShowing(page, "waiting").waitFor();
    await nodeShowing(page, "first", "waiting").waitFor();
    expect(upstream.requests).toHaveLength(before + 1);

    await page.goto("/runs");
    await page.getByTestId("run-row").first().getByText("for a decision").waitFor();
    await expectWellMade(page, { folder: "pages", name: "runs-outcome-unknown" });
    await page.getByRole("region", { name: "Waiting for you" }).getByRole("link", { name: "first: was it performed?" }).click();
    await expectWellMade(page, { folder: "pages", name: "run-outcome-unknown" });
    await page.getByRole("button", { name: "Send again" }).click();
    await runShowing(page, "succeeded").waitFor();
    expect(upstream.requests.slice(before).map(({ path }) => path)).toEqual(["/unsafe", "/unsafe", "/keyed", "/unsafe"]);
    await page.close();
  });
});
