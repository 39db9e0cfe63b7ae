import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, launchBrowser, nodeShowing, openSignedIn, runShowing } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

const main = join(dirname(dirname(fileURLToPath(import.meta.url))), "runtime", "main.ts");

describe.skipIf(chromiumPath === null)("npm run demo", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  it("prints the answer of the example flow, and a link under which its run is to be seen", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [main, "demo"], { env: place.env });
    expect(stdout).toContain("\n200 OK\n");
    const answer = JSON.parse(/\n200 OK\n(\{.*\n\})\n/s.exec(stdout)?.[1] ?? "null");
    expect(answer).toMatchObject({
      matched: true,
      matchStatus: "FULL_MATCH",
      profile: { email: "mira.ostrade@norvanta.example", company: { name: "Norvanta Robotics" } },
    });
    const link = /See the run: (\S+)/.exec(stdout)?.[1] ?? "";
    expect(link).toMatch(new RegExp(`^${place.url}/runs/run_[0-9a-f]{32}$`));

    const page = await (await openSignedIn(browser, server)).newPage();
    await page.goto(link);
    await runShowing(page, "succeeded").waitFor();
    for (const id of ["lead", "search", "matched", "enrich", "respond-enriched"])
      await nodeShowing(page, id, "succeeded").waitFor();
    await nodeShowing(page, "respond-unknown", "skipped").waitFor();
  });

  it("says what to do where no server answers", async () => {
    await server.end("SIGTERM");
    const ended = await promisify(execFile)(process.execPath, [main, "demo"], { env: place.env }).catch((error) => error);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^patchbay: nothing answers at .*npm start/) });
  });
});
