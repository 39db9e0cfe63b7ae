import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import { getDraft } from "../shared/api/flows.ts";
import { acceptInvitation } from "../shared/api/people.ts";
import { FlowNode } from "../shared/flow/node.ts";
import { ask, authorWorkspace, longName } from "./authored-workspace.ts";
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
import { expectWellMade, lookedAt } from "./strict-rules.ts";
import { startTracker, type Tracker } from "./tracker-upstream.ts";

const firstVisitBytes = 130_000;

/** Where a page is found, what is done there, and the text that is there when it has everything it shows. */
type Visit = { name: string; path: string; shows: string; act?: (page: Page) => Promise<void> };

describe.skipIf(chromiumPath === null)("every page", () => {
  let browser: Browser;
  let upstream: FakeUpstream;
  let tracker: Tracker;
  let place: Place;
  let server: Server;
  let stranger: Page;
  let person: Page;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    [upstream, tracker] = await Promise.all([startFakeUpstream(), startTracker()]);
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: `${upstream.host},${tracker.host}` });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    stranger = await (await openWindow(browser, server)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await upstream?.close();
    await tracker?.close();
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
    const pages: Visit[] = [
      { name: "home-empty", path: "/", shows: "Plug in the first event" },
      { name: "people-alone", path: "/people", shows: "ada@example.com" },
    ];
    it.each(pages)("is well made: $name", (visit) => keepsRules(person, visit));
  });

  describe("when something has happened", () => {
    beforeAll(fillServer);
    const pages: Visit[] = [
      { name: "home", path: "/", shows: "Recent runs" },
      { name: "flows", path: "/flows", shows: "Inbound lead" },
      { name: "flow", path: "/flows/:flow", shows: "Hook URL" },
      { name: "flow-node", path: "/flows/:flow?node=matched", shows: "Back to the flow" },
      { name: "runs", path: "/runs", shows: "Received" },
      { name: "run", path: "/runs/:run?step=enrich", shows: "Good day" },
      { name: "run-failed", path: "/runs/:failed", shows: "500" },
      { name: "events", path: "/events", shows: "Calls the upstream" },
      { name: "event", path: "/events/:event", shows: "Dedupe key" },
      { name: "refused", path: "/events?view=refused", shows: "Check the secret" },
      {
        name: "refused-why",
        path: "/events?view=refused",
        shows: "The signed string as we computed it",
        act: (page) => page.getByText("Why was this refused?").first().click(),
      },
      { name: "detective", path: "/events?view=detective", shows: "Find the signature" },
      { name: "not-found", path: "/nothing/here", shows: "Nothing is plugged in here" },
    ];
    it.each(pages)("is well made: $name", (visit) => keepsRules(person, visit));

    it("is well made: sign-in", () => keepsRules(stranger, { name: "sign-in", path: "/sign-in", shows: "Password" }));
  });

  describe("when a connector and flows have been authored", () => {
    beforeAll(async () => {
      const authored = await authorWorkspace(person.request, tracker);
      Object.assign(ids, { authored: authored.flow, ...authored });
    });

    const tab = (name: string) => (page: Page) => page.getByRole("tab", { name }).click();
    const connectors: Visit[] = [
      { name: "connectors", path: "/connectors", shows: "Issue tracker" },
      { name: "connector-new", path: "/connectors/new", shows: "Before you begin" },
      { name: "connector-new-file", path: "/connectors/new?from=specification", shows: "Drop an" },
      {
        name: "connector-new-report",
        path: "/connectors/new?from=specification",
        shows: "5 of 5 operations chosen",
        act: importFile,
      },
      { name: "connector-basics", path: "/connectors/:connector?section=basics", shows: "Save basic information" },
      {
        name: "connector-base-oauth",
        path: "/connectors/:connector?section=base",
        shows: "Client Authentication",
        async act(page) {
          await page.getByLabel("Authentication method").selectOption({ label: "OAuth 2.0" });
          await page.getByText("Advanced", { exact: true }).click();
        },
      },
      {
        name: "connector-base-exchange",
        path: "/connectors/:connector?section=base",
        shows: "Signed JWT",
        async act(page) {
          await page.getByLabel("Authentication method").selectOption({ label: "Token exchange" });
          await page.getByLabel(/JWT that the client signs/).check();
        },
      },
      {
        name: "connector-webhooks",
        path: "/connectors/:connector?section=webhooks",
        shows: "The sender validates the URL",
        act: (page) => page.getByRole("button", { name: "Add incoming webhook" }).click(),
      },
      {
        name: "connector-triggers",
        path: "/connectors/:connector?section=triggers",
        shows: "What the trigger is called, and what it is for.",
        act: (page) => page.getByRole("button", { name: "Create trigger" }).click(),
      },
      { name: "connector-mcp", path: "/connectors/:connector?section=mcp", shows: "MCP servers cannot be added yet" },
      {
        name: "connector-authorized",
        path: "/connectors/:connector?section=endpoints&connection=:connection&authorized=yes",
        shows: "is connected.",
      },
      {
        name: "connections-declined",
        path: "/connections?connection=:connection&authorized=no&reason=It+was+declined.",
        shows: "was not authorised.",
      },
      { name: "develop", path: "/develop", shows: "General App" },
      { name: "connector-base", path: "/connectors/:connector?section=base", shows: "Verification request" },
      {
        name: "connector-limits-refused",
        path: "/connectors/:connector?section=base",
        shows: "Limit 3, window 1, calls: must be a whole number from 1.",
        act: saveEmptyLimit,
      },
      { name: "connector-connections", path: "/connectors/:connector?section=connections", shows: "Healthy" },
      { name: "endpoint-request", path: "/connectors/:connector?section=endpoints&endpoint=:createIssue", shows: "Linked" },
      {
        name: "endpoint-test",
        path: "/connectors/:connector?section=endpoints&endpoint=:listProjects",
        shows: "Passed",
        act: runTest,
      },
      {
        name: "endpoint-test-refused",
        path: "/connectors/:connector?section=endpoints&endpoint=:createIssue",
        shows: "Not sent",
        async act(page) {
          await page.getByRole("tab", { name: "Test" }).click();
          await page.getByRole("button", { name: "Clear Project" }).click();
          await page.getByRole("button", { name: "Run test" }).click();
        },
      },
      {
        name: "endpoint-response",
        path: "/connectors/:connector?section=endpoints&endpoint=:listProjects",
        shows: "Pulled from an answer.",
        act: tab("Response"),
      },
      {
        name: "endpoint-response-none",
        path: "/connectors/:connector?section=endpoints&endpoint=:createIssue",
        shows: "As the API's specification declares them.",
        act: tab("Response"),
      },
      {
        name: "endpoint-new",
        path: "/connectors/:connector?section=endpoints",
        shows: "Endpoint display name",
        act: (page) => page.getByRole("button", { name: "New endpoint" }).click(),
      },
      { name: "connector-built-in", path: "/connectors/zoominfo?section=endpoints", shows: "Built in" },
      { name: "connector-built-in-base", path: "/connectors/zoominfo?section=base", shows: "What is sent" },
      { name: "connector-bare", path: "/connectors/:bare?section=endpoints", shows: "No endpoints yet" },
      { name: "connector-bare-connections", path: "/connectors/:bare?section=connections", shows: "No connections yet" },
      { name: "connector-bare-base", path: "/connectors/:bare?section=base", shows: "Authentication method" },
      { name: "connections", path: "/connections", shows: "Refused" },
      { name: "people", path: "/people", shows: "Open invitations" },
    ];
    it.each(lookedAt(connectors))("is well made: $name", (visit) => keepsRules(person, visit));

    const node = (name: string, id: string, shows: string): Visit => ({ name, path: `/flows/:authored?node=${id}`, shows });
    const further = (kind: string, id: string, shows: string): Visit => ({
      name: `editor-${kind}`,
      path: `/flows/:steps?node=${id}`,
      shows,
    });
    const editor: Visit[] = [
      { name: "editor-empty", path: "/flows/:emptyFlow", shows: "Add a trigger" },
      { name: "editor", path: "/flows/:authored", shows: "What is it?" },
      { name: "editor-trigger-new", path: "/flows/:unfinished?node=webhook", shows: "Create hook URL" },
      { name: "editor-call-new", path: "/flows/:unfinished?node=call", shows: "Add connection" },
      node("editor-trigger", "webhook", "Hook URL"),
      node("editor-call", "open", "Data of earlier steps"),
      node("editor-branch", "grave", "Data of earlier steps"),
      node("editor-switch", "sort", "Data of earlier steps"),
      node("editor-transform", "shape", "Data of earlier steps"),
      node("editor-delay", "pause", "Unit"),
      node("editor-respond", "answer", "Data of earlier steps"),
      { name: "editor-steps", path: "/flows/:steps", shows: "Ask the status page" },
      further("http", "ask", "Body type"),
      further("code", "count", "Output schema"),
      further("filter", "known", "Data of earlier steps"),
      further("for-each", "each", "When an item fails"),
      further("try", "attempt", "Result"),
      further("key-value", "total", "Operation"),
      further("once", "first", "Remembered for"),
      further("approval", "allow", "Description"),
      further("wait", "paid", "Whose value at"),
      further("sub-flow", "other", "This step"),
      further("stop", "enough", "The run ends as"),
      { name: "editor-schedule", path: "/flows/:starts?node=timed", shows: "Next times" },
      { name: "editor-api", path: "/flows/:starts?node=called", shows: "Create API URL" },
      { name: "editor-form", path: "/flows/:starts?node=asked", shows: "Add a field" },
    ];
    it.each(lookedAt(editor))("is well made: $name", (visit) => keepsRules(person, visit));

    it("shows a node of each kind, but for what a connector's own trigger starts", async () => {
      const flows = await Promise.all(
        ["authored", "steps", "starts"].map((key) => ask(person.request, getDraft, { params: { flow: ids[key] ?? "" } })),
      );
      const shown = new Set(flows.flatMap(({ document }) => document.nodes.map(({ kind }) => kind)));
      const kinds = FlowNode.options.map(({ shape }) => shape.kind.value);
      expect(kinds.filter((kind) => !shown.has(kind))).toEqual(["app-trigger"]);
    });

    it("is well made: invitation-not-good", () =>
      keepsRules(stranger, { name: "invitation-not-good", path: "/invitation?token=of-nobody", shows: "not good" }, [403]));
    it("is well made: invitation", () =>
      keepsRules(stranger, { name: "invitation", path: ids.invitation ?? "", shows: "Your name" }));

    it("is well made: sheet", () =>
      keepsRules(stranger, { name: "sheet", path: ids.sheet ?? "", shows: "Send your events here" }));
    it("is well made: sheet-withdrawn", () =>
      keepsRules(stranger, { name: "sheet-withdrawn", path: "/sheet/of-nobody", shows: "This link is not valid" }, [404]));

    describe("for a person of role user", () => {
      let user: Page;
      beforeAll(async () => {
        user = await (await openWindow(browser, server)).newPage();
        const token = new URLSearchParams(ids.invitation?.split("?")[1]).get("token") ?? "";
        const account = { name: longName, email: "grace@example.com", password: "correct horse battery" };
        await ask(user.request, acceptInvitation, { body: { token, ...account } });
      });
      const pages: Visit[] = [
        { name: "user-connectors", path: "/connectors", shows: "Issue tracker" },
        { name: "user-connector", path: "/connectors/:connector?section=endpoints", shows: "Who am I" },
        { name: "user-connector-base", path: "/connectors/:connector?section=base", shows: "What is sent" },
        { name: "user-flow", path: "/flows/:authored", shows: "What is it?" },
        { name: "user-flow-node", path: "/flows/:authored?node=open", shows: "Back to the flow" },
      ];
      it.each(pages)("is well made: $name", (visit) => keepsRules(user, visit));
      it("people are shown to them as well", () =>
        keepsRules(person, { name: "people-two", path: "/people", shows: "grace@example.com" }));
    });

    async function importFile(page: Page): Promise<void> {
      await page.getByRole("button", { name: "Paste text" }).click();
      await page.getByLabel("Specification", { exact: true }).fill(tracker.specification());
      await page.getByRole("button", { name: "Import", exact: true }).click();
    }

    async function saveEmptyLimit(page: Page): Promise<void> {
      await page.getByRole("button", { name: "Add a limit" }).click();
      await page.getByRole("button", { name: "Save rate limits" }).click();
      await page.getByText("Limit 3, window 1").scrollIntoViewIfNeeded();
    }

    async function runTest(page: Page): Promise<void> {
      await page.getByRole("tab", { name: "Test" }).click();
      await page.getByRole("button", { name: "Run test" }).click();
    }
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

  /** Opens the page and looks at it; it asks nobody else, throws nothing, and writes no error to the console. */
  async function keepsRules(page: Page, { name, path, shows, act }: Visit, refusals: readonly number[] = []): Promise<void> {
    const faults = watchFaults(page, server.url);
    await page.setViewportSize(screens[0] ?? { width: 1440, height: 900 });
    await page.goto(path.replace(/:(\w+)/g, (_, key) => ids[key] ?? key));
    await act?.(page);
    await page.getByText(shows).or(page.getByLabel(shows)).filter({ visible: true }).first().waitFor();
    await expectWellMade(page, { folder: "pages", name });
    // The browser itself reports an answer of 4xx.
    expect(faults.filter((fault) => !refusals.some((status) => fault.includes(`status of ${status}`)))).toEqual([]);
  }

  async function fillServer(): Promise<void> {
    const foundation = await place.foundation();
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
