import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuthoredWorkspace, authorWorkspace, longName } from "./authored-workspace.ts";
import { type Browser, launchBrowser, openSignedIn, type Page, screens, watchFaults } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";
import { expectWellMade, lookedAt } from "./strict-rules.ts";
import { startTracker, type Tracker } from "./tracker-upstream.ts";

/** A window, menu or popover: the page it is on, the control that opens it, and a text that is in it when it is complete. */
type Opened = {
  name: string;
  path: string;
  role?: "dialog" | "alertdialog" | "menu";
  /** Before it is opened. */
  prepare?: (page: Page) => Promise<unknown>;
  opener: { role: "button" | "combobox"; name: string | RegExp };
  /** Item of the menu that the opener opens. */
  pick?: string;
  /** In it, once it is open. */
  act?: (page: Page) => Promise<unknown>;
  shows: string | RegExp;
  /** Where the keyboard is afterwards. */
  back?: "opener" | "canvas";
};

const button = (name: string | RegExp) => ({ role: "button" as const, name });
const list = (name: string) => ({ role: "combobox" as const, name });
const click = (name: string) => (page: Page) => page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
const testTab = (page: Page) => page.getByRole("tab", { name: "Test" }).click();
const responseTab = (page: Page) => page.getByRole("tab", { name: "Response" }).click();

const connector = "/connectors/:connector?section=";
const endpoint = `${connector}endpoints&endpoint=:createIssue`;
const ofConnections: Opened[] = [
  { name: "connect", path: `${connector}connections`, opener: button("Add connection"), shows: "Secrets are stored encrypted" },
  {
    name: "connect-refused",
    path: `${connector}connections`,
    opener: button("Add connection"),
    async act(page) {
      await page.getByLabel("API key").fill("a wrong key");
      await click("Connect")(page);
    },
    shows: "The API refused these credentials",
  },
  {
    name: "connection-menu",
    path: "/connections",
    role: "menu",
    opener: button("Actions for Engines"),
    shows: "Rename or replace credentials",
  },
  {
    name: "connection-change",
    path: "/connections",
    opener: button("Actions for Engines"),
    pick: "Rename or replace credentials",
    shows: "Leave a field empty to keep what it holds.",
  },
  {
    name: "connection-delete",
    path: "/connections",
    role: "alertdialog",
    opener: button(`Actions for ${longName}`),
    pick: "Delete",
    shows: "Its credentials are deleted.",
  },
  { name: "connector-choose", path: "/connections", opener: button("Add connection"), shows: "To which API?" },
];

const ofConnectors: Opened[] = [
  { name: "set-up", path: "/connectors/new", opener: button("Set Up"), shows: "Choose the authentication method" },
  {
    name: "set-up-oauth",
    path: "/connectors/new",
    opener: button("Set Up"),
    act: click("Select OAuth 2.0"),
    shows: "Selected method: OAuth 2.0",
  },
  {
    name: "set-up-key",
    path: "/connectors/new",
    opener: button("Set Up"),
    act: click("Select API Key"),
    shows: "Selected method: API Key",
  },
  { name: "connector-menu", path: "/connectors", role: "menu", opener: button("Actions for Issue tracker"), shows: "Connect" },
  {
    name: "connector-connect",
    path: "/connectors",
    opener: button("Actions for Issue tracker"),
    pick: "Connect",
    shows: "Secrets are stored encrypted",
  },
  { name: "create-app", path: "/develop", opener: button("Create"), shows: "Its feature is Connect." },
  {
    name: "connector-delete",
    path: `${connector}basics`,
    role: "alertdialog",
    opener: button("Delete connector …"),
    shows: "It cannot be undone.",
  },
  {
    name: "endpoint-delete",
    path: endpoint,
    role: "alertdialog",
    opener: button("Delete …"),
    shows: "Flows that call it keep their published version",
  },
  { name: "parameter-menu", path: endpoint, role: "menu", opener: button("Actions for Title"), shows: "Create a parameter link" },
  { name: "parameter-add", path: endpoint, opener: button("Add query parameter"), shows: "What people fill in" },
  { name: "parameter-edit", path: endpoint, opener: button("Actions for Title"), pick: "Edit", shows: "Use these settings" },
  {
    name: "enumerate",
    path: endpoint,
    opener: button("Actions for Priority"),
    pick: "Edit the enumerate value",
    shows: "Other values may be sent too",
  },
  {
    name: "link-new",
    path: endpoint,
    opener: button("Actions for Title"),
    pick: "Create a parameter link",
    shows: "The endpoint that retrieves the acceptable values",
  },
  { name: "link", path: endpoint, opener: button("Actions for Type"), pick: "Edit the parameter link", shows: "Arguments of" },
  { name: "test-all", path: endpoint, opener: button("Test all endpoints"), shows: "writes or costs: not run" },
  { name: "body-sample", path: endpoint, opener: button("Fields from a sample …"), shows: "Paste a sample." },
  {
    name: "earlier-test",
    path: endpoint,
    prepare: testTab,
    opener: button("Take Title from an earlier test"),
    shows: "its answer gives the value",
  },
  {
    name: "response-paste",
    path: endpoint,
    prepare: responseTab,
    opener: button("Paste a sample response"),
    shows: "Nothing to pull from yet.",
  },
  { name: "response-field", path: endpoint, prepare: responseTab, opener: button("issue"), shows: "It may be absent" },
  {
    name: "test-all-done",
    path: endpoint,
    opener: button("Test all endpoints"),
    act: async (page) => {
      await page.getByRole("dialog").getByLabel("Test connection").selectOption({ label: "Engines" });
      await page.getByRole("dialog").getByRole("button", { name: /^Run / }).click();
    },
    shows: /3 of 3 done/,
  },
  { name: "list", path: endpoint, prepare: testTab, opener: list("Project"), shows: "Zephyr" },
  {
    name: "list-needs-parameters",
    path: endpoint,
    async prepare(page) {
      await testTab(page);
      await page.getByRole("button", { name: "Clear Project" }).click();
    },
    opener: list("Type"),
    shows: "Choose “Project” first.",
  },
  {
    name: "list-failed",
    path: endpoint,
    async prepare(page) {
      await testTab(page);
      await page.getByLabel("Test connection").selectOption({ label: longName });
    },
    opener: list("Project"),
    shows: "does not accept this connection any more",
  },
];

const ofPeople: Opened[] = [
  { name: "invite", path: "/people", opener: button("Invite"), shows: "Give it to them yourself" },
  { name: "invite-link", path: "/people", opener: button("Invite"), act: click("Create link"), shows: "Copy it now" },
  { name: "person-menu", path: "/people", role: "menu", opener: button("Actions for Ada Lovelace"), shows: "Remove" },
  {
    name: "person-remove",
    path: "/people",
    role: "alertdialog",
    opener: button("Actions for Ada Lovelace"),
    pick: "Remove",
    shows: "They are signed out everywhere",
  },
];

const ofFlows: Opened[] = [
  { name: "flow-new", path: "/flows", opener: button("New flow"), shows: "It begins as a draft" },
  { name: "flow-delete", path: "/flows/:flow", role: "alertdialog", opener: button(/^Delete flow/), shows: "Delete flow" },
  { name: "publish", path: "/flows/:flow", opener: button("Publish"), shows: "Publish version 1" },
  { name: "publish-problems", path: "/flows/:unfinished", opener: button("Publish"), shows: "problems are in the way" },
  { name: "shortcuts", path: "/flows/:flow", opener: button("Keyboard shortcuts"), shows: "Select the node above" },
  { name: "palette", path: "/flows/:flow", opener: button("Add"), shows: "Transform", back: "canvas" },
  { name: "json-editor", path: "/flows/:flow?node=webhook", opener: button("Edit Sample body in the editor"), shows: "north-4" },
  {
    name: "jsonata-result",
    path: "/flows/:flow?node=shape",
    opener: button("Edit the JSONata expression"),
    shows: "THE LAMP IS DARK",
  },
  {
    name: "jsonata-fault",
    path: "/flows/:unfinished?node=faulty",
    opener: button("Edit the JSONata expression"),
    shows: /at character/,
  },
];

describe.skipIf(chromiumPath === null)("every window, menu and popover", () => {
  let browser: Browser;
  let tracker: Tracker;
  let place: Place;
  let server: Server;
  let page: Page;
  let faults: string[];
  let ids: AuthoredWorkspace;

  beforeAll(async () => {
    tracker = await startTracker();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: tracker.host });
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    page = await (await openSignedIn(browser, server)).newPage();
    faults = watchFaults(page, server.url);
    ids = await authorWorkspace(page.request, tracker);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    await tracker?.close();
    place?.remove();
  });

  it.each(lookedAt(ofConnections))("of connections is well made: $name", keepsRules);
  it.each(lookedAt(ofConnectors))("of connectors is well made: $name", keepsRules);
  it.each(lookedAt(ofPeople))("of people is well made: $name", keepsRules);
  it.each(lookedAt(ofFlows))("of flows is well made: $name", keepsRules);

  /** It is opened by keyboard, takes the keyboard, looks right, and gives the keyboard back when Escape closes it. */
  async function keepsRules({ name, path, role = "dialog", prepare, opener, pick, act, shows, back = "opener" }: Opened) {
    faults.length = 0;
    await page.setViewportSize(screens[0] ?? { width: 1440, height: 900 });
    await page.goto(path.replace(/:(\w+)/g, (_, key: keyof AuthoredWorkspace) => ids[key]));
    await prepare?.(page);
    const from = page.getByRole(opener.role, { name: opener.name, exact: true }).first();
    await from.press("Enter");
    if (pick) await page.getByRole("menuitem", { name: pick, exact: true }).press("Enter");
    const opened = page.getByRole(role).last();
    await opened.waitFor();
    await act?.(page);
    await opened.getByText(shows).filter({ visible: true }).first().waitFor();
    const hasKeyboard = () => opened.evaluate((element) => element.contains(document.activeElement));
    expect({ name, hasKeyboard: await hasKeyboard() }).toEqual({ name, hasKeyboard: true });
    await expectWellMade(page, { folder: "dialogs", name, part: `[role='${role}']` });

    await page.keyboard.press("Escape");
    await opened.waitFor({ state: "detached" });
    const place = back === "opener" ? from : page.locator(".react-flow");
    await expect.poll(() => place.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    expect(faults).toEqual([]);
  }
});
