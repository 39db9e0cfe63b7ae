import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { publishConnector } from "../../runtime/connectors/publish-connector.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { launchBrowser, openSignedIn } from "../browser.ts";
import { makePlace, type Place, startServer } from "../server.ts";
import { type Figure, median } from "./figure.ts";

const values = 10_000;
const rounds = 7;
/** Milliseconds that people take for at once. */
const boundMs = 100;

/**
 * A linked list of ten thousand values in the browser: from the answer's last byte to the first picture with values in it, and how many
 * rows there are in the page, compared with those in view, while the list is scrolled from its beginning to its end.
 */
export async function dropdown(): Promise<Figure> {
  const upstream = await startList();
  const place = await makePlace({ PATCHBAY_ALLOW_HTTP: upstream.host });
  const [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
  try {
    const context = await openSignedIn(browser, server);
    await publishLinked(place, context, upstream.url);
    const page = await context.newPage();
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await openTime(page));
    const { rows, inView, last } = await scrollThrough(page);
    if (last !== `Value ${values}`) throw new AppError("internal", `the list ended with "${last}"`);
    if (rows > inView) throw new AppError("internal", `${rows} rows were in the page, ${inView} of them in view`);
    return {
      case: "dropdown",
      unit: "ms from the answer to the first values (p50)",
      value: Math.round(median(times)),
      baseline: null,
      ratio: null,
      p50Ms: Math.round(median(times)),
      p99Ms: null,
      maxMs: Math.round(Math.max(...times)),
      boundMs,
      values,
      rowsInPage: rows,
      rowsInView: inView,
    };
  } finally {
    await browser.close();
    await server.end("SIGTERM");
    place.remove();
    await upstream.close();
  }
}

/** An API with one long list. */
async function startList(): Promise<{ url: string; host: string; close(): Promise<void> }> {
  const items = Array.from({ length: values }, (_, index) => ({ id: index + 1, name: `Value ${index + 1}` }));
  const body = JSON.stringify({ items });
  const server = createServer((_, response) => response.writeHead(200, { "Content-Type": "application/json" }).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an address object.
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return { url: `http://${host}`, host, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function publishLinked(place: Place, context: BrowserContext, baseUrl: string): Promise<void> {
  const { workspace } = (await (await context.request.get("/api/v1/session")).json()) as { workspace: { id: string } };
  const foundation = await place.foundation();
  await publishConnector(foundation, workspace.id, { ...linked, baseUrl });
  await foundation.pair.close();
}

const common = { in: "query" as const, type: "integer" as const, required: false };
const linked: Connector = {
  schemaVersion: 1,
  key: "long-list",
  name: "Long list",
  description: "",
  baseUrl: "",
  auth: { kind: "none" },
  endpoints: [
    { key: "list", name: "List values", method: "GET", path: "/values", parameters: [] },
    {
      key: "use",
      name: "Use a value",
      method: "GET",
      path: "/use",
      parameters: [
        {
          ...common,
          key: "value",
          name: "Value",
          link: { kind: "dynamic", endpoint: "list", items: "items", value: "id", label: "name", args: {}, allowCustom: false },
        },
      ],
    },
  ],
  incomingWebhooks: [],
};

/** Measured in the page itself, which is loaded anew: what it has kept of the list before would need no answer. */
async function openTime(page: Page): Promise<number> {
  await page.goto("/connectors/long-list?section=endpoints&endpoint=use");
  await page.getByRole("tab", { name: "Test" }).click();
  const field = page.getByRole("combobox", { name: "Value" });
  await field.waitFor();
  await page.evaluate(() => {
    const drawn = new Promise<number>((resolve) => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector('[role="option"][aria-posinset]')) return;
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now()));
      }).observe(document.body, { childList: true, subtree: true });
    });
    Object.assign(window, { drawn });
  });
  await field.click();
  return page.evaluate(async () => {
    const drawnAt = await (window as unknown as { drawn: Promise<number> }).drawn;
    const answers = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/options"));
    return drawnAt - Math.max(...answers.map((entry) => (entry as PerformanceResourceTiming).responseEnd));
  });
}

/** The most rows that were in the page at once, and the fewest in view at that moment; `last` is what the list ends with. */
async function scrollThrough(page: Page): Promise<{ rows: number; inView: number; last: string }> {
  return page.evaluate(async () => {
    const list = document.querySelector('[role="listbox"]');
    if (!list) return { rows: 0, inView: 0, last: "" };
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    let most = { rows: 0, inView: 0 };
    let last = "";
    // Steps that stop in the middle of rows too.
    for (let step = 0; step <= 50; step += 1) {
      list.scrollTop = (step / 50) * (list.scrollHeight - list.clientHeight);
      await frame();
      const box = list.getBoundingClientRect();
      const all = [...list.querySelectorAll('[role="option"]')];
      const seen = all.filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return bottom > box.top && top < box.bottom;
      });
      const worst = most.rows - most.inView;
      if (all.length - seen.length > worst || most.rows === 0 || all.length > most.rows)
        most = { rows: all.length, inView: seen.length };
      last = all.at(-1)?.querySelector("span span")?.textContent ?? "";
    }
    return { ...most, last };
  });
}
