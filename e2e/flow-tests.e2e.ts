import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import type { TestHook } from "../runtime/testing/test-hook.ts";
import { FlowTest } from "../shared/flow/flow-test.ts";
import { type Browser, launchBrowser, openSignedIn, type Page, runShowing, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";
import { expectWellMade } from "./strict-rules.ts";

const main = fileURLToPath(new URL("../runtime/main.ts", import.meta.url));

describe.skipIf(chromiumPath === null)("a run becomes a test of its flow", () => {
  let browser: Browser;
  let upstream: FakeUpstream;
  let place: Place;
  let server: Server;
  let page: Page;
  let hook: TestHook;
  let faults: string[];
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "patchbay-e2e-tests-"));
    file = join(folder, "pays.flowtest.json");
    upstream = await startFakeUpstream();
    upstream.always(({ body }) => ({ body: { name: `Number ${(body as { value: string }).value}` } }));
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: upstream.host });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    const foundation = await place.foundation();
    hook = await publishHookFlow(foundation, {
      name: "Pays",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [
        node.call("find", "read", { inputs: { value: "{{trigger.body.id}}" } }),
        node.call("pay", "unsafe", { inputs: { value: "{{steps.find.output.name}}" } }),
        node.transform("done", { paid: "{{steps.pay.output.name}}" }),
      ],
      edges: ["event -> find", "find -> pay", "pay -> done"],
    });
    await foundation.pair.close();
    page = await (await openSignedIn(browser, server)).newPage();
    faults = watchFaults(page, server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await upstream?.close();
    place?.remove();
    rmSync(folder, { recursive: true });
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const tests = () => page.getByRole("region", { name: "Tests", exact: true });
  const patchbay = (...args: string[]) =>
    spawnSync(process.execPath, [main, "test", ...args], { env: { ...place.env, NO_COLOR: "1" }, encoding: "utf8" });

  it("is kept from the run's page under a name", async () => {
    for (const id of ["1", "2"]) {
      const { headers, body } = sign(hook.secret, `dlv-${id}`, { id });
      const answer = await post(`${server.url}/hooks/${hook.hook}`, { headers, body });
      await page.goto(`/runs/${answer.headers["x-patchbay-run"]}`);
      await runShowing(page, "succeeded").waitFor();
    }
    await button("Save as test").click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("Two is paid");
    await button("Keep with the flow").click();
    await page.getByText("“Two is paid” is kept with “Pays”").waitFor();
  });

  it("passes on the draft, and sends nothing", async () => {
    const sent = upstream.requests.length;
    await page.goto(`/flows/${hook.flow}`);
    await button("Tests").click();
    await button("Run all").click();
    await tests().getByText("1 passed, 0 failed").waitFor();
    expect(upstream.requests.length).toBe(sent);
  });

  it("fails where the changed draft gives something else, and leads there", async () => {
    await page.locator('[data-node-id="done"]').click();
    await page.getByRole("textbox", { name: "Value of paid" }).fill("{{steps.pay.output.name}}!");
    await button("Run all").click();
    await tests().getByText("0 passed, 1 failed").waitFor();
    const row = page.getByRole("table", { name: "Differences" }).getByRole("row", { name: /paid/ });
    expect(await row.textContent()).toContain("Number Number 2!");
    await button("1 test fails").waitFor();
    await expectWellMade(page, { folder: "pages", name: "flow-tests" });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("comes as a file, which the command line passes and JUnit readers read", async () => {
    await button("More for Two is paid").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Download" }).click(),
    ]);
    await download.saveAs(file);
    const test = FlowTest.parse(JSON.parse(readFileSync(file, "utf8")));
    const good = patchbay(file);
    expect([good.status, good.stderr]).toEqual([0, ""]);
    expect(good.stdout).toContain("1 test, 0 failed");

    const wrong = { ...test, expect: [{ step: "done", output: { paid: "nothing" } }] };
    writeFileSync(join(folder, "wrong.flowtest.json"), JSON.stringify(wrong));
    const junit = join(folder, "junit.xml");
    expect(patchbay(folder, "--junit", junit).status).toBe(1);
    const xml = readFileSync(junit, "utf8");
    expect(xml).toContain("paid: expected &quot;nothing&quot;, but it is &quot;Number Number 2&quot;");
    writeFileSync(join(folder, "wrong.flowtest.json"), "{}");
    expect(patchbay(folder).status).toBe(2);
  });

  it("is not all: before it is published, the draft is tried on the last events", async () => {
    const sent = upstream.requests.length;
    await button("Publish").click();
    await page.getByRole("dialog").getByText("1 of 1 test fails on this draft").waitFor();
    await button("Try it on the last 10 events").click();
    const report = page.getByRole("region", { name: "The draft on the last events" });
    await report.getByText("0 of 2 go as before, 2 would go otherwise.").waitFor();
    const row = report.getByRole("table", { name: "Differences" }).getByRole("row", { name: /paid/ });
    expect(await row.textContent()).toContain("Number Number 2!");
    expect(upstream.requests.length).toBe(sent);
    await expectWellMade(page, { folder: "pages", name: "tried-on-events" });
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(faults).toEqual([]);
  });
});
