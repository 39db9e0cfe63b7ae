import { sign } from "@octokit/webhooks-methods";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, launchBrowser, nodeShowing, openSignedIn, type Page, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";
import { startTracker, type Tracker } from "./tracker-upstream.ts";

const project = { id: 7, name: "Apollo" };

describe.skipIf(chromiumPath === null)("from an empty workspace to a live flow of one's own", () => {
  let browser: Browser;
  let tracker: Tracker;
  let place: Place;
  let server: Server;
  let page: Page;
  let faults: string[];
  /** Addresses of everything the page has asked for. */
  const asked: string[] = [];
  const hook = { url: "", secret: "" };

  beforeAll(async () => {
    tracker = await startTracker();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: tracker.host });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    page = await (await openSignedIn(browser, server)).newPage();
    faults = watchFaults(page, server.url);
    page.on("request", (request) => asked.push(request.url()));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await tracker?.close();
    place?.remove();
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const section = (name: string | RegExp) => page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name });
  const openEndpoint = async (name: string) => {
    await page.getByRole("list", { name: "Endpoints of the connector" }).getByRole("link", { name }).click();
    await page.getByRole("heading", { name, level: 2 }).waitFor();
  };

  it("imports the API's specification, and says what became of every operation", async () => {
    await page.goto("/connectors");
    await page.getByRole("link", { name: "Create data connector" }).click();
    await page.getByRole("link", { name: "import a specification instead" }).click();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Choose a file").click()]);
    await chooser.setFiles({ name: "old.json", mimeType: "application/json", buffer: Buffer.from('{"swagger": "2.0"}') });
    await page.getByRole("alert").filter({ hasText: "Only OpenAPI 3.0 and 3.1" }).waitFor();

    const [again] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Choose a file").click()]);
    await again.setFiles({ name: "t.yaml", mimeType: "application/yaml", buffer: Buffer.from(tracker.specification()) });
    const report = page.getByRole("region", { name: "Import report" });
    await report.getByText("5 of 5 operations chosen").waitFor();
    await report.getByText("contains itself").waitFor();
    // Its body is a picture, which nobody gives a test here.
    await report.getByRole("checkbox", { name: /^Import PUT/ }).uncheck();
    await report.getByText("4 of 5 operations chosen").waitFor();
    await button("Create connector").click();
    await page.getByRole("heading", { name: "Test connections" }).waitFor();
  });

  it("takes base URL and authentication from it, and a verification request by hand", async () => {
    await section(/Base URL/).click();
    expect(await page.getByRole("textbox", { name: "Base URL" }).inputValue()).toBe(tracker.url);
    expect(await page.getByLabel("Key Name").inputValue()).toBe("X-Api-Key");
    await page.getByLabel("Verification request").selectOption({ label: "Who am I" });
    await page.getByLabel("Account label").fill("login");
    await button("Save base URL and authentication").click();
    await page.getByText("Saved", { exact: true }).waitFor();
  });

  it("adds a connection: a refused key is told in the API's own words, and can be put right", async () => {
    await section(/Test connections/).click();
    await button("Add connection").click();
    await page.getByLabel("API key").fill("a wrong key");
    await button("Connect").click();
    await page.getByRole("dialog").getByText("The API key is not valid").waitFor();
    expect(tracker.refused).toBe(1);
    await page.getByLabel("API key").fill(tracker.apiKey);
    await button("Connect").click();
    // Submitting leads to the endpoints.
    await page.getByRole("list", { name: "Endpoints of the connector" }).waitFor();
    await section(/Test connections/).click();
    const row = page.getByTestId("connection-row");
    await row.getByText("Healthy").waitFor();
    await row.getByText("· ada").waitFor();
  });

  it("tests an endpoint, shows the request with its secret masked, and pulls the answer's parameters", async () => {
    await section(/Endpoints/).click();
    await openEndpoint("List projects");
    await page.getByRole("tab", { name: "Test" }).click();
    await button("Run test").click();
    const result = page.getByRole("region", { name: "Test result" });
    await result.getByText("Status 200").waitFor();
    await result.getByRole("radio", { name: "Request as sent" }).click();
    await result.getByText("***").waitFor();
    expect(await result.textContent()).not.toContain(tracker.apiKey);
    await button("Pull parameters").click();
    await page.getByRole("list", { name: "Response parameters" }).getByText("values").waitFor();
  });

  it("limits parameters: one by an enumerate value, one by a list of another endpoint, one by a list that depends on the first", async () => {
    await openEndpoint("Create issue");
    const menu = async (parameter: string, item: string) => {
      await button(`Actions for ${parameter}`).click();
      await page.getByRole("menuitem", { name: item }).click();
    };
    await menu("Priority", "Create an enumerate value");
    await page.getByLabel("Value 1", { exact: true }).fill("high");
    await page.getByLabel("Value 2", { exact: true }).fill("low");
    await button("Save").click();
    await page.getByText("2 values").waitFor();

    await menu("Project", "Create a parameter link");
    await page.getByLabel("Linked endpoint").selectOption({ label: "List projects" });
    await page.getByLabel("Linked parameter").selectOption({ label: `values[].id · ${project.id}` });
    await page.getByLabel("Display parameter").selectOption({ label: `values[].name · "${project.name}"` });
    await button("Save").click();
    await page.getByText("Linked", { exact: true }).waitFor();

    await menu("Type", "Create a parameter link");
    await page.getByLabel("Linked endpoint").selectOption({ label: "List issue types" });
    await page.getByLabel("Linked parameter").selectOption({ label: "[].key" });
    await page.getByLabel("Display parameter").selectOption({ label: "[].label" });
    await page
      .getByRole("group", { name: /Arguments of/ })
      .getByLabel("Project")
      .selectOption({ label: "From “Project”" });
    await button("Save").click();
    await expect.poll(() => page.getByText("Linked", { exact: true }).count()).toBe(2);
  });

  it("offers the same lists in the test console, and asks before it runs what writes", async () => {
    await page.getByRole("tab", { name: "Test" }).click();
    await page.getByRole("combobox", { name: "Type" }).click();
    await page.getByText("Choose “Project” first.").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: "Project" }).click();
    await page.getByRole("option", { name: /Apollo/ }).click();
    await page.getByRole("combobox", { name: "Type" }).click();
    await page.getByRole("option", { name: /BUG/ }).click();
    await page.getByRole("textbox", { name: "Title" }).fill("From the test console");
    await button("Run test").click();
    await page.getByRole("region", { name: "Test result" }).getByText("Status 201").waitFor();
    expect(tracker.issues).toMatchObject([{ project: 7, type: "bug", title: "From the test console" }]);
    await button("Pull parameters").click();
    // Its answer has a field that the specification does not declare, which is shown before it is taken.
    await page.getByRole("region", { name: "Differences" }).getByText("issue.priority").waitFor();
    await button("Take these parameters").click();
    await page.getByRole("list", { name: "Response parameters" }).getByText("issue", { exact: true }).waitFor();

    await openEndpoint("List issue types");
    await page.getByRole("tab", { name: "Test" }).click();
    await page.getByRole("textbox", { name: "Project" }).fill("7");
    await button("Run test").click();
    await page.getByRole("region", { name: "Test result" }).getByText("Status 200").waitFor();

    await button("Test all endpoints").click();
    const dialog = page.getByRole("dialog", { name: "Test all endpoints" });
    await dialog.getByRole("button", { name: "Run 3 tests" }).click();
    await dialog.getByText("3 of 3 done, 3 passed, 0 failed.").waitFor();
    expect(tracker.issues).toHaveLength(1);
    await dialog.getByRole("checkbox").check();
    await dialog.getByRole("button", { name: "Run again" }).click();
    await dialog.getByText("4 of 4 done, 4 passed, 0 failed.").waitFor();
    expect(tracker.issues).toHaveLength(2);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await section(/4\/4 passed/).waitFor();
  });

  it("adds the app once every test has passed, so that flows can use it", async () => {
    await section("Versions").click();
    await button("Add app now").click();
    await page.getByTestId("version-row").getByText("In this workspace").waitFor();
  });

  it("draws a flow: a webhook with a hook URL, and a call with the linked list", async () => {
    await page.goto("/flows");
    await button("New flow").click();
    await page.getByRole("dialog").getByLabel("Name").fill("Issues from GitHub");
    await button("Create flow").click();
    await page.getByRole("button", { name: /Another application posts/ }).click();
    await page.getByLabel("Sender", { exact: true }).selectOption({ label: "GitHub" });
    await button("Create hook URL").click();
    hook.secret = (await page.getByTestId("secret").textContent()) ?? "";
    hook.url = (await page.getByTestId("hook-URL").first().textContent()) ?? "";
    expect(hook.secret.length).toBeGreaterThan(20);
    expect(hook.url).toMatch(new RegExp(`^${server.url}/hooks/hook_`));
  });

  it("captures an event before anything is published, and uses its fields", async () => {
    await button("Capture next event").click();
    await page.getByText("Waiting for the next event").waitFor();
    const answer = await deliver({ action: "opened", issue: { title: "It is broken", number: 12 } }, "first");
    expect(answer.status).toBe(200);
    await expect.poll(() => page.getByRole("textbox", { name: "Sample body" }).inputValue()).toContain("It is broken");

    // The keyboard goes to the canvas, and the palette opens behind the trigger.
    await page.locator('[data-node-id="webhook"]').click();
    await page.keyboard.press("Tab");
    await page.getByPlaceholder(/Search/).fill("create issue");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Node Create issue" }).waitFor();
    await page.getByRole("combobox", { name: "Project" }).click();
    await page.getByRole("option", { name: /Apollo/ }).click();
    await page.getByRole("combobox", { name: "Type" }).click();
    await page.getByRole("option", { name: /BUG/ }).click();
    await page.getByRole("combobox", { name: "Priority" }).click();
    await page.getByRole("option", { name: "high" }).click();
    await page.getByRole("textbox", { name: "Title" }).click();
    await page.getByRole("textbox", { name: "Search data" }).fill("title");
    await page.getByRole("treeitem", { name: "trigger.body.issue.title, string" }).click();
    await page.getByTestId("preview").filter({ hasText: "It is broken" }).waitFor();
  });

  it("loads the code editor when it is opened and not before: JSONata, with what it gives", async () => {
    expect(asked.filter((url) => url.includes("code-editor"))).toEqual([]);
    await button("Write a JSONata expression").first().click();
    const editor = page.getByTestId("code-editor").locator(".monaco-editor").first();
    await editor.waitFor();
    expect(asked.filter((url) => url.includes("code-editor"))).not.toEqual([]);
    await page.keyboard.type("$uppercase(trigger.body.iss");
    const offered = page.locator(".suggest-widget");
    await offered.getByText("trigger.body.issue.title").first().waitFor();
    // Below the first line, where it is typed, and not elsewhere on the page.
    const [list, place] = [await offered.boundingBox(), await page.getByTestId("code-editor").boundingBox()];
    if (!list || !place) return expect.unreachable();
    expect(list.y - place.y).toBeGreaterThan(0);
    expect(list.y - place.y).toBeLessThan(50);
    await page.keyboard.press("Escape");
    await page.keyboard.type('ue.title) & " at all');
    await page.getByText('"IT IS BROKEN at all"', { exact: true }).waitFor();
    await button("Cancel").click();
  });

  it("publishes it, and a signed event creates the issue in the upstream, live on the canvas", async () => {
    await button("Publish").click();
    await button("Publish version 1").click();
    await page.getByRole("dialog", { name: "Version 1 is live" }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();

    const forged = await fetch(hook.url, { method: "POST", headers: { "x-hub-signature-256": "sha256=00" }, body: "{}" });
    expect(forged.status).toBe(401);
    await page.goto("/runs");
    const answer = await deliver({ action: "opened", issue: { title: "The lamp is dark", number: 13 } }, "second");
    expect(answer.status).toBe(200);
    await page
      .getByRole("link", { name: /Issues from GitHub/ })
      .first()
      .click();
    await nodeShowing(page, "create-issue", "succeeded").waitFor();
    expect(tracker.issues.at(-1)).toEqual({
      id: 102,
      project: 7,
      type: "bug",
      title: "The lamp is dark",
      priority: "high",
    });
    expect(faults).toEqual([]);
  });

  it("takes at most 25 clicks on the shortest way, from an empty workspace to the first live run", async () => {
    const other = await startTracker();
    const elsewhere = await makePlace({ PATCHBAY_ALLOW_HTTP: other.host });
    const fresh = await startServer(elsewhere);
    const window = await openSignedIn(browser, fresh);
    const screen = await window.newPage();
    const startedAt = performance.now();
    await screen.goto("/");
    let clicks = 0;
    const click = async (name: string | RegExp, role: "button" | "link" | "option" = "button") => {
      clicks++;
      await screen
        .getByRole(role, { name, exact: typeof name === "string" })
        .first()
        .click();
    };
    await click("Integrations", "link");
    await click("Create data connector", "link");
    await click("import a specification instead", "link");
    const chooser = screen.waitForEvent("filechooser");
    clicks++;
    await screen.getByText("Choose a file").click();
    // The shortest way has one endpoint: each has to pass its test before a flow can use it.
    const buffer = Buffer.from(other.specification().replace(/^ {2}\/projects:[\s\S]*?^(?=components:)/m, ""));
    // Two more: the file in the browser's own window, and its Open button.
    clicks += 2;
    await (await chooser).setFiles({ name: "tracker.yaml", mimeType: "application/yaml", buffer });
    await click("Create connector");
    await click("Add connection");
    clicks++;
    await screen.getByLabel("API key").click();
    await screen.keyboard.insertText(other.apiKey);
    await click("Connect");
    await screen.getByRole("list", { name: "Endpoints of the connector" }).waitFor();
    clicks++;
    await screen.getByRole("tab", { name: "Test" }).click();
    await click("Run test");
    await screen.getByRole("region", { name: "Test result" }).getByText("Status 200").waitFor();
    await click(/Versions/, "link");
    await click("Add app now");
    await screen.getByTestId("version-row").waitFor();
    await click("Flows", "link");
    await click("New flow");
    await screen.getByRole("dialog").getByLabel("Name").and(screen.locator(":focus")).waitFor();
    await screen.keyboard.insertText("My first flow");
    await click("Create flow");
    await click(/A person starts it/);
    clicks++;
    await screen.locator('[data-node-id="run-now"]').click();
    await screen.keyboard.press("Tab");
    await screen.getByPlaceholder(/Search/).waitFor();
    await click(/Who am I/, "option");
    await screen.getByRole("region", { name: "Node Who am I" }).waitFor();
    await click("Publish");
    await click("Publish version 1");
    await screen.getByRole("dialog", { name: "Version 1 is live" }).waitFor();
    await click("Done");
    await click("Run");
    await nodeShowing(screen, "who-am-i", "succeeded").waitFor();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    process.stdout.write(`first live run of an own flow: ${clicks} clicks, ${seconds} s as fast as a script goes\n`);
    expect(other.requests.slice(-2)).toEqual(["GET /me", "GET /me"]);
    expect(clicks).toBeLessThanOrEqual(25);
    await window.close();
    await fresh.end("SIGTERM");
    await other.close();
    elsewhere.remove();
  });

  /** As GitHub sends it, signed by its own library. */
  async function deliver(payload: unknown, id: string): Promise<Response> {
    const body = JSON.stringify(payload);
    return fetch(hook.url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": id,
        "X-Hub-Signature-256": await sign(hook.secret, body),
      },
      body,
    });
  }
});
