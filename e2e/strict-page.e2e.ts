import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import {
  type Browser,
  launchBrowser,
  openSignedIn,
  openWindow,
  type Page,
  screens,
  scriptsOfFirstVisit,
  watchFaults,
} from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

const out = join(dirname(fileURLToPath(import.meta.url)), "out", "pages");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const firstVisitBytes = 130_000;

/** Where a page is found, and the text that is there when it has everything it shows. */
type Visit = { name: string; path: string; shows: string };

describe.skipIf(chromiumPath === null)("every page", () => {
  let browser: Browser;
  let upstream: FakeUpstream;
  let place: Place;
  let server: Server;
  let stranger: Page;
  let person: Page;
  const ids = { flow: "", run: "", failed: "", event: "" };

  beforeAll(async () => {
    mkdirSync(out, { recursive: true });
    upstream = await startFakeUpstream();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: upstream.host });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    stranger = await (await openWindow(browser, server)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await upstream?.close();
    place?.remove();
  });

  describe("before there is an administrator", () => {
    it("is well made: set-up", () =>
      keepsRules(stranger, { name: "setup", path: "/setup?token=of-another-start", shows: "Create administrator" }));
  });

  describe("on a new server", () => {
    beforeAll(async () => {
      person = await (await openSignedIn(browser, server)).newPage();
    });
    it("is well made: home-empty", () => keepsRules(person, { name: "home-empty", path: "/", shows: "Plug in the first event" }));
  });

  describe("when something has happened", () => {
    beforeAll(fillServer);
    const pages: Visit[] = [
      { name: "home", path: "/", shows: "Recent runs" },
      { name: "flows", path: "/flows", shows: "Inbound lead" },
      { name: "flow", path: "/flows/:flow", shows: "Hook URL" },
      { name: "flow-node", path: "/flows/:flow?node=matched", shows: "Back to the flow" },
      { name: "runs", path: "/runs", shows: "Why it failed" },
      { name: "run", path: "/runs/:run?step=enrich", shows: "Good day" },
      { name: "run-failed", path: "/runs/:failed", shows: "500" },
      { name: "events", path: "/events", shows: "Calls the upstream" },
      { name: "event", path: "/events/:event", shows: "Dedupe key" },
      { name: "refused", path: "/events?view=refused", shows: "Check the secret" },
      { name: "not-found", path: "/nothing/here", shows: "Nothing is plugged in here" },
    ];
    it.each(pages)("is well made: $name", (visit) => keepsRules(person, visit));

    it("is well made: sign-in", () => keepsRules(stranger, { name: "sign-in", path: "/sign-in", shows: "Password" }));
  });

  it("would be caught by the content policy: neither a script in the page nor another origin is let through", async () => {
    const faults = watchFaults(stranger, server.url);
    await stranger.goto("/nothing/here");
    await stranger.evaluate(async (elsewhere) => {
      document.head.append(Object.assign(document.createElement("script"), { textContent: "document.title = 'inline'" }));
      await fetch(elsewhere).catch(() => {});
    }, upstream.url);
    expect(await stranger.title()).not.toBe("inline");
    expect(upstream.requests.filter(({ method }) => method === "GET")).toEqual([]);
    for (const directive of ["script-src 'self'", "connect-src 'self'"])
      expect(faults.filter((fault) => fault.includes(directive))).not.toEqual([]);
  });

  describe("a first visit", () => {
    it.each([
      { path: "/sign-in", shows: "To your workspace on this server." },
      { path: "/", shows: "Recent runs" },
    ])("of $path loads at most 130 kB of script, and the canvas is not among it", async ({ path, shows }) => {
      const context = (path === "/" ? person : stranger).context();
      const scripts = await scriptsOfFirstVisit(context, path, (page) => page.getByText(shows).first());
      expect(scripts.length).toBeGreaterThan(0);
      const total = scripts.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
      process.stdout.write(`first visit of ${path}: ${scripts.length} scripts, ${Math.round(total / 100) / 10} kB gzip\n`);
      expect(total).toBeLessThanOrEqual(firstVisitBytes);
      expect(scripts.filter(({ text }) => text.includes("react-flow__")).map(({ url }) => url)).toEqual([]);
    });

    it("of a run loads the canvas", async () => {
      const scripts = await scriptsOfFirstVisit(person.context(), `/runs/${ids.run}`, (page) =>
        page.locator("[data-node-id]").first(),
      );
      expect(scripts.some(({ text }) => text.includes("react-flow__"))).toBe(true);
    });
  });

  /** Opens the page once and looks at it in both themes at both sizes. */
  async function keepsRules(page: Page, { name, path, shows }: Visit): Promise<void> {
    const faults = watchFaults(page, server.url);
    await page.goto(path.replace(/:(flow|run|failed|event)/, (_, key: keyof typeof ids) => ids[key]));
    for (const screen of screens) {
      await page.setViewportSize(screen);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.getByText(shows).or(page.getByLabel(shows)).first().waitFor();
        await still(page);
        const look = `${name}-${screen.width}-${colorScheme}`;
        await page.screenshot({ path: join(out, `${look}.png`) });
        const { wide, high } = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          high: document.documentElement.scrollHeight - document.documentElement.clientHeight,
        }));
        expect({ look, wide, high }).toEqual({ look, wide: 0, high: 0 });
        // The narrow page has the colours of the wide one, so one theme tells the rest.
        if (screen === screens[0] || colorScheme === "light")
          expect({ look, violations: await violations(page) }).toEqual({ look, violations: [] });
      }
    }
    expect(faults).toEqual([]);
  }

  async function fillServer(): Promise<void> {
    const foundation = place.foundation();
    const calling = await publishHookFlow(foundation, {
      name: "Calls the upstream",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [
        node.call("search", "read", { inputs: { value: "{{trigger.body.email}}" } }),
        node.branch("matched", "{{steps.search.output.total}}", 1),
        node.call("enrich", "keyed", { retry: { maxAttempts: 1, backoffMs: 100, factor: 2, maxBackoffMs: 1_000, jitter: 0 } }),
        node.respond("answer", { found: "{{steps.enrich.output}}" }),
        node.respond("answer-unknown", { found: null }),
      ],
      edges: [
        "event -> search",
        "search -> matched",
        "matched:true -> enrich",
        "enrich -> answer",
        "matched:false -> answer-unknown",
      ],
    });
    await foundation.pair.close();
    const url = `${server.url}/hooks/${calling.hook}`;
    const lead = { email: "mira.ostrade@norvanta.example", company: { name: "Norvanta Robotics", employees: 4_200 } };
    upstream.next(
      { body: { total: 1 } },
      { body: { greeting: "Good day", profile: lead } },
      { body: { total: 1 } },
      { status: 500 },
    );
    const good = await post(url, sign(calling.secret, "lead_1", lead));
    const bad = await post(url, sign(calling.secret, "lead_2", lead));
    const refused = await post(url, sign("a guessed secret", "lead_3", lead));
    expect([good.status, refused.status]).toEqual([200, 401]);
    ids.flow = calling.flow;
    ids.run = String(good.headers["x-patchbay-run"]);
    ids.event = String(good.headers["x-patchbay-event"]);
    ids.failed = String(bad.headers["x-patchbay-run"]);
  }
});

/** Settles when nothing on the page moves towards an end any more; what breathes for ever does not count. */
function still(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    await document.fonts.ready;
    const ending = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map((each) => each.finished));
  });
}

/** Serious and critical violations of accessibility rules, as rule and place. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`if (!window.axe) { ${axe} }`);
  const found = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as AxeResults;
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((each) => `${id}: ${each.target.join(" ")} ${each.failureSummary ?? ""}`));
}
