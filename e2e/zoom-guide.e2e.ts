import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, launchBrowser, nodeShowing, openSignedIn, type Page, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";
import { startTracker, type Tracker } from "./tracker-upstream.ts";

/** Zoom's guide to Connect, walked in a browser: import, base URL and authentication, tests, pulled parameters, links, local test, listing. */
describe.skipIf(chromiumPath === null)("the guide to Connect", () => {
  let browser: Browser;
  let tracker: Tracker;
  let place: Place;
  let server: Server;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    tracker = await startTracker();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: tracker.host });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    page = await (await openSignedIn(browser, server)).newPage();
    faults = watchFaults(page, server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await tracker?.close();
    place?.remove();
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const section = (name: RegExp) => page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name });
  const endpoints = () => page.getByRole("list", { name: "Endpoints of the connector" });
  const openEndpoint = async (name: string) => {
    await endpoints().getByRole("link", { name }).click();
    await page.getByRole("heading", { name, level: 2 }).waitFor();
  };
  const menu = async (parameter: string, item: string) => {
    await button(`Actions for ${parameter}`).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  const upload = async (text: string) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Choose a file").click()]);
    await chooser.setFiles({ name: "tracker.yaml", mimeType: "application/yaml", buffer: Buffer.from(text) });
  };
  /** Without the picture, which nobody gives a test here. */
  const specification = () =>
    tracker.specification().replace(/^ {2}\/projects\/\{project\}\/avatar:[\s\S]*?^(?=components:)/m, "");

  it("begins with a name alone, and its sections are filled in any order", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: /Develop/ }).click();
    await button(/Create/)
      .first()
      .click();
    await page.getByRole("dialog").getByLabel("App name").fill("Tracker app");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "Basic information" }).waitFor();
    for (const name of [/Versions/, /Endpoints/, /Base URL/, /API specification/]) await section(name).click();
    await page.getByText(/came from no file/).waitFor();
  });

  it("calls nothing before base URL and authentication are there", async () => {
    await section(/Endpoints/).click();
    await button("New endpoint").first().click();
    await page.getByLabel("Endpoint display name").fill("Ping");
    await page.getByRole("textbox", { name: "Endpoint path" }).fill("/me?verbose=yes");
    await page.getByRole("textbox", { name: "Endpoint path" }).blur();
    await button("Save endpoint").click();
    await endpoints().getByRole("link", { name: "Ping" }).waitFor();
    await page.getByTestId("parameter-row").getByText("verbose").first().waitFor();
    await page.getByRole("tab", { name: "Test" }).click();
    await page.getByText("no call is made before").waitFor();
    expect(await button("Run test").isDisabled()).toBe(true);
    expect(tracker.requests).toEqual([]);
  });

  it("uploads the API specification: endpoints and parameters appear, a wrong file changes nothing", async () => {
    await section(/API specification/).click();
    await upload('{"swagger": "2.0"}');
    await page.getByRole("alert").filter({ hasText: "Only OpenAPI 3.0 and 3.1" }).waitFor();
    await upload(specification());
    await page.getByRole("radio", { name: "Upload & overwrite" }).click();
    await button("Upload & overwrite").click();
    await page
      .getByRole("alertdialog")
      .getByRole("button", { name: /Cancel|Keep/ })
      .click();
    await section(/Endpoints/).click();
    expect(await endpoints().getByRole("link").count()).toBe(1);
    await section(/API specification/).click();
    await upload(specification());
    await page.getByRole("radio", { name: "Upload & overwrite" }).click();
    await button("Upload & overwrite").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Upload & overwrite" }).click();
    await page.getByText("The file was taken in").waitFor();
    await section(/Endpoints/).click();
    await expect.poll(() => endpoints().getByRole("link").count()).toBe(4);
    await openEndpoint("Create issue");
    for (const name of ["Project", "Title", "Priority"])
      await page.getByTestId("parameter-row").getByText(name, { exact: true }).waitFor();
  });

  it("has base URL and authentication from the file, and refuses a relative one and http", async () => {
    await section(/Base URL/).click();
    const baseUrl = page.getByRole("textbox", { name: "Base URL" });
    expect(await baseUrl.inputValue()).toBe(tracker.url);
    for (const [given, words] of [
      ["/v2", /must be an absolute URL/],
      ["http://api.example.com", /must use https/],
    ] as const) {
      await baseUrl.fill(given);
      await button("Save base URL and authentication").click();
      await page.getByText(words).first().waitFor();
    }
    await baseUrl.fill(`${tracker.url}/`);
    await page.getByLabel("Verification request").selectOption({ label: "Who am I" });
    await page.getByLabel("Account label").fill("login");
    await button("Save base URL and authentication").click();
    await page.getByText("Saved", { exact: true }).waitFor();
  });

  it("adds a test connection, and Submit leads to the endpoints", async () => {
    await section(/Test connections/).click();
    await button("Add connection").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Connection name").or(dialog.getByLabel("Name")).first().fill("Engines");
    await dialog.getByLabel("API key").fill(tracker.apiKey);
    await dialog.getByRole("button", { name: "Connect" }).click();
    await endpoints().waitFor();
  });

  it("runs one test and pulls its parameters, nested ones too", async () => {
    await openEndpoint("List projects");
    await page.getByRole("tab", { name: "Test" }).click();
    expect(await button("Pull parameters").count()).toBe(0);
    await button("Run test").click();
    await page.getByRole("region", { name: "Test result" }).getByText("Passed").waitFor();
    await button("Pull parameters").click();
    const pulled = page.getByRole("list", { name: "Response parameters" });
    for (const name of ["values", "id", "name"]) await pulled.getByText(name, { exact: true }).first().waitFor();
  });

  it("limits a parameter to a static list, and one to a dynamic list whose values are shown by name", async () => {
    await openEndpoint("Create issue");
    await menu("Priority", "Create an enumerate value");
    await page.getByLabel("Value 1", { exact: true }).fill("high");
    await page.getByLabel("Value 2", { exact: true }).fill("low");
    await button("Save").click();
    await page.getByText("2 values").waitFor();
    await menu("Project", "Create a parameter link");
    await page.getByLabel("Linked endpoint").selectOption({ label: "List projects" });
    await page.getByLabel("Linked parameter").selectOption({ label: "values[].id · 7" });
    await page.getByLabel("Display parameter").selectOption({ label: 'values[].name · "Apollo"' });
    await button("Save").click();
    await page.getByText("Linked", { exact: true }).waitFor();
    await page.getByRole("tab", { name: "Test" }).click();
    await page.getByRole("combobox", { name: "Project" }).click();
    await page.getByRole("option", { name: /Apollo/ }).click();
    await page.getByRole("textbox", { name: "Title" }).fill("From the guide");
    await button("Run test").click();
    await page.getByRole("region", { name: "Test result" }).getByText("Passed").waitFor();
    expect(tracker.issues).toMatchObject([{ project: 7, title: "From the guide" }]);
  });

  it("holds internal use back until every test has passed, and says which have not", async () => {
    await section(/Versions/).click();
    await page.getByRole("link", { name: /"List issue types" has not been tested/ }).waitFor();
    expect(await button("Add app now").count()).toBe(0);
    await page.getByRole("link", { name: /"List issue types" has not been tested/ }).click();
    await page.getByRole("heading", { name: "List issue types", level: 2 }).waitFor();
    await page.getByRole("tab", { name: "Test" }).click();
    await page.getByRole("textbox", { name: "Project" }).fill("7");
    await button("Run test").click();
    await page.getByRole("region", { name: "Test result" }).getByText("Passed").waitFor();
    await button("Test all endpoints").click();
    const dialog = page.getByRole("dialog", { name: "Test all endpoints" });
    await dialog.getByRole("checkbox").check();
    await dialog.getByRole("button", { name: /^Run \d tests/ }).click();
    await dialog.getByText(/4 passed, 0 failed/).waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();
  });

  it("adds the app for the own workspace, and a flow uses its methods by display name", async () => {
    await section(/Versions/).click();
    await button("Add app now").click();
    await page.getByTestId("version-row").getByText("In this workspace").waitFor();
    await page.goto("/flows");
    await button("New flow").click();
    await page.getByRole("dialog").getByLabel("Name").fill("Uses the app");
    await button("Create flow").click();
    await page.getByRole("button", { name: /A person starts it/ }).click();
    await page.locator('[data-node-id="run-now"]').click();
    await page.keyboard.press("Tab");
    await page.getByPlaceholder(/Search/).fill("create issue");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Node Create issue" }).waitFor();
    await page.getByRole("combobox", { name: "Project" }).click();
    await page.getByRole("option", { name: /Apollo/ }).click();
    await page.getByRole("textbox", { name: "Title" }).fill("From a flow");
    await button("Publish").click();
    await button("Publish version 1").click();
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
    await button("Run").click();
    await nodeShowing(page, "create-issue", "succeeded").waitFor();
    expect(tracker.issues.at(-1)).toMatchObject({ project: 7, title: "From a flow" });
  });

  it("is submitted, reviewed with a checklist, and found in the marketplace", async () => {
    await page.goto("/develop");
    await page.getByRole("link", { name: /Tracker app/ }).click();
    await section(/Basic information/).click();
    await page.getByLabel("Description").fill("Issues of the tracker");
    await page.getByLabel("Category").selectOption("Other");
    await button(/Save/).first().click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await section(/Versions/).click();
    await button("Add app now").click();
    await page.getByText("Version 2", { exact: false }).first().waitFor();
    await button("Submit version 2").click();
    await page.getByRole("dialog").getByRole("button", { name: "Submit version 2" }).click();
    await page.getByText("waits for an administrator").waitFor();
    await page.goto("/marketplace");
    expect(await page.getByRole("list", { name: "Connectors" }).getByText("Tracker app").count()).toBe(0);
    await page.getByRole("link", { name: /Reviews/ }).click();
    await button("Review").click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Approve and list" }).isDisabled()).toBe(true);
    for (const item of await dialog.getByRole("checkbox").all()) await item.check();
    await dialog.getByRole("button", { name: "Approve and list" }).click();
    await page.getByTestId("submission-row").getByText("Approved").waitFor();
    await page.goto("/marketplace");
    await page.getByLabel("Search the marketplace").fill("issues tracker");
    await page.getByRole("list", { name: "Connectors" }).getByRole("link", { name: "Tracker app" }).click();
    await page.getByRole("heading", { name: "Tracker app" }).waitFor();
    await button("Connect").waitFor();
    expect(faults.filter((fault) => !/status of 422/.test(fault))).toEqual([]);
  });
});
