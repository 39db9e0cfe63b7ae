import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node } from "../runtime/testing/test-engine.ts";
import { type Browser, countLoads, launchBrowser, openSignedIn, type Page } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

describe.skipIf(chromiumPath === null)("a delivery that cannot prove where it comes from", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let page: Page;
  let hook: { flow: string; hook: string; secret: string };

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    const foundation = await place.foundation();
    const nodes = [node.transform("shape", "{{trigger.body}}")];
    hook = await publishHookFlow(foundation, { name: "Guarded", nodes, edges: ["event -> shape"] });
    await foundation.pair.close();
    page = await (await openSignedIn(browser, server)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  it("is refused with a body that says nothing, and appears in the inbox with its reason and no secret", async () => {
    await page.goto("/events?view=refused");
    await page.getByText("Nothing was refused").waitFor();
    await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
    const loads = countLoads(page);

    const payload = { name: "Mallory" };
    const forged = sign("a guessed secret", "delivery_1", payload);
    const changed = { ...sign(hook.secret, "delivery_2", payload), body: JSON.stringify({ name: "mallory" }) };
    const { "X-Patchbay-Signature": signature = "", ...unsigned } = sign(hook.secret, "delivery_3", payload).headers;
    const old = sign(hook.secret, "delivery_4", payload, Date.now() - 3_600_000);
    const url = `${server.url}/hooks/${hook.hook}`;
    const deliveries = [forged, changed, { headers: unsigned, body: forged.body }, old];
    const answers = [];
    for (const delivery of deliveries) answers.push(await post(url, delivery));
    expect(answers.map(({ status, text }) => ({ status, text }))).toEqual(
      deliveries.map(() => ({ status: 401, text: '{"error":{"code":"verification_failed"}}' })),
    );
    for (const { headers } of answers) expect(headers["x-request-id"]).toMatch(/^req_/);

    const refusals = page.getByTestId("refusal");
    await refusals.nth(3).waitFor();
    const reasons = await refusals.evaluateAll((rows) => rows.map((row) => row.getAttribute("data-reason")));
    expect(reasons).toEqual(["timestamp_too_old", "missing_header", "signature_mismatch", "signature_mismatch"]);
    await refusals.nth(0).getByText("is older than 300 s").waitFor();
    await refusals.nth(1).getByText("The header X-Patchbay-Signature is missing or empty").waitFor();
    await refusals.nth(2).getByText("Check the secret").waitFor();
    expect(loads()).toBe(0);

    // All headers are open to the eye, and none of them is of use to somebody who looks over the operator's shoulder.
    for (const row of await refusals.all()) await row.locator("summary").click();
    await refusals.nth(2).getByRole("cell", { name: "delivery_2" }).waitFor();
    const shown = await page.content();
    const values = [signature, ...deliveries.map(({ headers }) => new Map(Object.entries(headers)).get("X-Patchbay-Signature"))];
    for (const value of values) if (value) expect(shown).not.toContain(value.replace("v1=", ""));
    expect(shown).not.toContain(hook.secret);

    await page.getByRole("radio", { name: "Accepted" }).click();
    await page.getByText("No events yet").waitFor();
    await page.goto("/runs");
    await page.getByText("No runs yet").waitFor();
  });
});
