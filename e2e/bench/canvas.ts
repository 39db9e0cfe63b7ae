import type { BrowserContext, Page } from "playwright-core";
import { AppError } from "../../shared/app-error.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { launchBrowser, openSignedIn } from "../browser.ts";
import { makePlace, startServer } from "../server.ts";
import { type Figure, percentile } from "./figure.ts";

const nodes = 200;
const columns = 10;
/** A flow this large opens where it begins, and only what is in view is drawn. */
const nodesInView = 30;
const opens = 5;
const headers = { "X-Patchbay-Request": "1" };

/**
 * A flow of 200 nodes in the editor: from the request for the page to the first picture with the nodes in view, with what the browser
 * has kept of earlier visits, and the time between frames while one node is dragged. The value is the 95th percentile of the frames.
 */
export async function canvas(seconds: number): Promise<Figure> {
  const place = await makePlace();
  const [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
  try {
    const context = await openSignedIn(browser, server);
    const path = `/flows/${await largeFlow(context)}`;
    const page = await context.newPage();
    await openTime(page, path);
    const times: number[] = [];
    for (let round = 0; round < opens; round += 1) times.push(await openTime(page, path));
    const frames = await dragFrames(page, seconds);
    times.sort((a, b) => a - b);
    const p95 = tenths(percentile(frames, 0.95));
    return {
      case: "canvas",
      unit: "ms per frame while dragging (p95)",
      value: p95,
      baseline: null,
      ratio: null,
      p50Ms: tenths(percentile(frames, 0.5)),
      p99Ms: tenths(percentile(frames, 0.99)),
      frames: frames.length,
      nodes,
      openP50Ms: Math.round(percentile(times, 0.5)),
      openMaxMs: Math.round(times.at(-1) ?? 0),
    };
  } finally {
    await browser.close();
    await server.end("SIGTERM");
    place.remove();
  }
}

async function largeFlow(context: BrowserContext): Promise<string> {
  const made = await context.request.post("/api/v1/flows", { headers, data: { name: "Two hundred nodes" } });
  const { flow } = (await made.json()) as { flow: string };
  const edit = { edit: "add", nodes: drawn.nodes.map((node) => ({ node })), edges: drawn.edges.map((edge) => ({ edge })) };
  await context.request.post(`/api/v1/flows/${flow}/draft/edits`, { headers, data: { base: 0, save: "bench", edits: [edit] } });
  return flow;
}

/** Rows of ten; each node leads to the one below it. */
const drawn: Pick<Flow, "nodes" | "edges"> = {
  nodes: Array.from({ length: nodes }, (_, n) => {
    const position = { x: (n % columns) * 300, y: Math.floor(n / columns) * 120 };
    const common = { id: `n-${n}`, name: `Step ${n}`, position };
    return n < columns
      ? { ...common, kind: "manual-trigger" as const }
      : { ...common, kind: "transform" as const, output: { above: `{{steps.n-${n - columns}.output}}` } };
  }),
  edges: Array.from({ length: nodes - columns }, (_, n) => ({
    id: `e-${n}`,
    source: `n-${n}`,
    port: "out",
    target: `n-${n + columns}`,
  })),
};

/** Measured in the page itself: from the navigation's start to the frame after the nodes are there. */
async function openTime(page: Page, path: string): Promise<number> {
  await page.goto(path, { waitUntil: "commit" });
  await page.waitForFunction((count) => document.querySelectorAll(".react-flow__node").length >= count, nodesInView, {
    polling: "raf",
  });
  return page.evaluate(() => new Promise<number>((resolve) => requestAnimationFrame(() => resolve(performance.now()))));
}

/** Drags a node in circles, all nodes in view, and gives the times between the frames meanwhile. */
async function dragFrames(page: Page, seconds: number): Promise<number[]> {
  await page.getByRole("button", { name: "Show the whole flow" }).click();
  await page.waitForFunction((count) => document.querySelectorAll(".react-flow__node").length === count, nodes);
  const dragged = page.locator('.react-flow__node[data-id="n-105"]');
  const box = await dragged.boundingBox();
  const start = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    let last = performance.now();
    requestAnimationFrame(function next(now) {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    });
  });
  const until = performance.now() + seconds * 1_000;
  for (let step = 0; performance.now() < until; step += 1)
    await page.mouse.move(start.x + 80 * Math.cos(step / 10), start.y + 80 * Math.sin(step / 10));
  const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  const end = await dragged.boundingBox();
  await page.mouse.up();
  if (!box || !end || (box.x === end.x && box.y === end.y)) throw new AppError("internal", "the node did not follow the mouse");
  return frames.slice(1);
}

function tenths(ms: number): number {
  return Number(ms.toFixed(1));
}
