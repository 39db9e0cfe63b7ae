import { gzipSync } from "node:zlib";
import { type Browser, type BrowserContext, chromium, type Locator, type Page, type Request } from "playwright-core";
import { AppError } from "../shared/app-error.ts";
import { chromiumFlags, chromiumPath } from "./chromium.ts";
import type { Server } from "./server.ts";

export type { Browser, BrowserContext, Page } from "playwright-core";

/** Who the browser tests create and sign in as. */
export const administrator = { name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" };

/** The sizes at which every page must work: a desk's screen, and the narrowest that is supported. */
export const screens = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
];

/** A real browser; close it when the file's tests are over. Where there is none the tests are skipped before this is called. */
export async function launchBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new AppError("config", "no Chromium was found: set PATCHBAY_CHROMIUM");
  return chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
}

/** A window of its own, with its own cookies; what it waits for it waits for at most ten seconds. */
export async function openWindow(browser: Browser, server: Pick<Server, "url">): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: server.url, viewport: screens[0], reducedMotion: "reduce" });
  context.setDefaultTimeout(10_000);
  return context;
}

/** A window in which the server's first administrator is signed in. The server must be new: its one-time link is used up. */
export async function openSignedIn(browser: Browser, server: Server): Promise<BrowserContext> {
  const context = await openWindow(browser, server);
  const token = new URL(server.setupUrl ?? server.url).searchParams.get("token");
  const answer = await context.request.post("/api/v1/setup", {
    data: { ...administrator, token },
    headers: { "X-Patchbay-Request": "1" },
  });
  if (!answer.ok()) throw new AppError("unauthenticated", `set-up was answered ${answer.status()}: ${await answer.text()}`);
  return context;
}

/** What a page of ours never does: write an error to its console (a breach of its content policy among them), throw, or ask another origin. */
export function watchFaults(page: Page, origin: string): string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol !== "data:" && asked !== origin) faults.push(`asked ${request.url()}`);
  });
  return faults;
}

/** How often the page was loaded: live means that it stays at one. */
export function countLoads(page: Page): () => number {
  let loads = 0;
  page.on("load", () => {
    loads += 1;
  });
  return () => loads;
}

/** The node of the canvas that shows this status; wait for it. */
export function nodeShowing(page: Page, node: string, status: string): Locator {
  return page.locator(`[data-node-id="${node}"][data-status="${status}"]`);
}

/** The run's status in its page's header; wait for it. */
export function runShowing(page: Page, status: string): Locator {
  return page.locator(`[data-testid="run-status"][data-status="${status}"]`);
}

export type Script = { url: string; text: string; gzipBytes: number };

/** Every script that a first visit of the path has asked for when the page has settled. */
export async function scriptsOfFirstVisit(
  context: BrowserContext,
  path: string,
  settled: (page: Page) => Locator,
): Promise<Script[]> {
  const page = await context.newPage();
  const asked = new Set<Request>();
  page.on("request", (request) => request.resourceType() === "script" && asked.add(request));
  await page.goto(path);
  await settled(page).waitFor();
  const scripts = await Promise.all(
    [...asked].map(async (request): Promise<Script> => {
      const response = await request.response();
      const body = (await response?.body()) ?? Buffer.alloc(0);
      return { url: request.url(), text: body.toString("utf8"), gzipBytes: gzipSync(body).length };
    }),
  );
  await page.close();
  return scripts;
}
