import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../shared/app-error.ts";
import { type Browser, launchBrowser, nodeShowing, openSignedIn, type Page } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

describe.skipIf(chromiumPath === null)("with the keyboard alone", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let page: Page;

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    page = await (await openSignedIn(browser, server)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  it("a flow is made, drawn, connected, configured, published and run", async () => {
    await page.goto("/flows");
    await page.getByRole("heading", { name: "Flows", level: 1 }).waitFor();
    await tabTo(/^New flow$/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "New flow" }).waitFor();
    await tabTo(/^Name/);
    await page.keyboard.type("By hand");
    await page.keyboard.press("Enter");

    // Add: a trigger, then a node behind it.
    await page.getByRole("heading", { name: "Add a trigger" }).waitFor();
    // On the canvas Tab opens the palette.
    await tabTo(/^Canvas$/);
    await page.keyboard.press("Tab");
    await focused(/^Add a node$/);
    await page.keyboard.type("manual");
    await page.keyboard.press("Enter");
    await focused(/^Run now.*[Tt]rigger/);
    await page.keyboard.press("Tab");
    await page.getByRole("combobox", { name: /^Add a node/ }).waitFor();
    await page.keyboard.type("transform");
    await page.keyboard.press("Enter");
    await focused(/^Transform/);

    // Configure: Enter leads from the canvas to the settings, where a field gets a text.
    await page.keyboard.press("Enter");
    await focused(/^Name of the node$/);
    await tabTo(/^Add a field$/);
    await page.keyboard.press("Enter");
    await tabTo(/^Name of field 1/, "Shift+Tab");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("said");
    await tabTo(/^Value of said$/);
    await page.keyboard.type("Hello");

    // Connect: a third node behind the second, and then an edge of its own from the first.
    await tabTo(/^Transform.*Transform/, "Shift+Tab");
    await page.keyboard.press("Tab");
    await page.getByRole("combobox", { name: /^Add a node/ }).waitFor();
    await page.keyboard.type("respond");
    await page.keyboard.press("Enter");
    await focused(/^Respond/);
    const edges = () => page.locator(".react-flow__edge").count();
    await expect.poll(edges).toBe(2);
    await page.keyboard.press("ArrowUp");
    await focused(/^Transform/);
    await page.keyboard.press("ArrowUp");
    await focused(/^Run now/);
    await page.keyboard.press("c");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("respond");
    await page.keyboard.press("Enter");
    await expect.poll(edges).toBe(3);
    await page.keyboard.press("Control+z");
    await expect.poll(edges).toBe(2);
    await page.keyboard.press("Control+Shift+z");
    await expect.poll(edges).toBe(3);

    // Publish, and run what was published.
    await tabTo(/^Publish$/, "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Publish/ }).waitFor();
    await tabTo(/^Publish version 1$/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Version 1 is live" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Shift+Enter");
    await nodeShowing(page, "transform", "succeeded").waitFor();
    await nodeShowing(page, "respond", "succeeded").waitFor();
  });

  const nameNow = () => page.evaluate(nameOfFocused);
  const focused = (name: RegExp) => expect.poll(nameNow).toMatch(name);

  /** Goes on with Tab until what has the keyboard is called so; the way must not be longer than a person's patience. */
  async function tabTo(name: RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    const passed: string[] = [];
    for (let presses = 0; presses < 40; presses++) {
      const current = await nameNow();
      if (name.test(current)) return;
      passed.push(current);
      await page.keyboard.press(key);
    }
    throw new AppError("internal", `nothing called ${name} was reached; passed: ${passed.join(" | ")}`);
  }
});

function nameOfFocused(): string {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return "";
  const labelled =
    element.getAttribute("aria-label") ?? (element.id ? document.querySelector(`label[for="${element.id}"]`)?.textContent : null);
  return (labelled ?? element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 80);
}
