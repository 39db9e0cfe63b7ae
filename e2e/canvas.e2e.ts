import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Flow } from "../shared/flow/flow.ts";
import { type Browser, type BrowserContext, launchBrowser, openSignedIn, type Page } from "./browser.ts";
import { chromiumPath } from "./chromium.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

const headers = { "X-Patchbay-Request": "1" };
const at = (x: number, y: number) => ({ position: { x, y } });
const nodes: Flow["nodes"] = [
  { id: "start", name: "Start", kind: "manual-trigger", sample: { n: 1 }, ...at(0, 0) },
  { id: "first", name: "First", kind: "transform", output: { n: "{{trigger.body.n}}" }, ...at(0, 160) },
  { id: "second", name: "Second", kind: "transform", output: { n: "{{steps.first.output.n}}" }, ...at(0, 320) },
];
const edges: Flow["edges"] = [
  { id: "e1", source: "start", port: "out", target: "first" },
  { id: "e2", source: "first", port: "out", target: "second" },
];

describe.skipIf(chromiumPath === null)("the canvas, with the mouse", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  let flow: string;

  beforeAll(async () => {
    place = await makePlace();
    [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
    context = await openSignedIn(browser, server);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end("SIGTERM");
    place?.remove();
  });

  beforeEach(async () => {
    const made = await context.request.post("/api/v1/flows", { headers, data: { name: "Drawn" } });
    flow = ((await made.json()) as { flow: string }).flow;
    const edit = { edit: "add", nodes: nodes.map((node) => ({ node })), edges: edges.map((edge) => ({ edge })) };
    await context.request.post(`/api/v1/flows/${flow}/draft/edits`, { headers, data: { base: 0, save: "seed", edits: [edit] } });
    await page.goto(`/flows/${flow}`);
    await card("second").waitFor();
  });

  const card = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
  const port = (node: string, id: string) => page.locator(`.react-flow__handle[data-nodeid="${node}"][data-handleid="${id}"]`);
  const edgeCount = () => page.locator(".react-flow__edge").count();
  const saved = async (): Promise<Flow> => {
    const answer = await context.request.get(`/api/v1/flows/${flow}/draft`);
    return ((await answer.json()) as { document: Flow }).document;
  };
  /** What the server holds once everything is saved. */
  const settled = async () => {
    await page.keyboard.press("Control+s");
    await page.locator('[data-testid="save-state"][data-state="saved"]').waitFor();
    return saved();
  };

  async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
  }
  async function middle(of: ReturnType<typeof card>): Promise<{ x: number; y: number }> {
    const box = await of.boundingBox();
    return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
  }

  it("adds a node where an edge is dropped, connected to where it came from", async () => {
    const from = await middle(port("second", "out"));
    await drag(from, { x: from.x + 200, y: from.y + 120 });
    await page.getByRole("combobox", { name: /^Add a node/ }).waitFor();
    await page.keyboard.type("respond");
    await page.keyboard.press("Enter");
    await card("respond").waitFor();
    const { nodes: after, edges: drawn } = await settled();
    expect(after.map(({ id }) => id)).toEqual(["start", "first", "second", "respond"]);
    expect(drawn.at(-1)).toMatchObject({ source: "second", port: "out", target: "respond" });
  });

  it("connects by dragging, and refuses a cycle with words", async () => {
    await drag(await middle(port("start", "out")), await middle(port("second", "in")));
    await expect.poll(edgeCount).toBe(3);
    await drag(await middle(port("second", "out")), await middle(port("first", "in")));
    await page
      .getByText(/cycle|circle|round/i)
      .first()
      .waitFor();
    expect(await edgeCount()).toBe(3);
    expect((await settled()).edges).toHaveLength(3);
  });

  it("moves several nodes together, as one step that can be undone", async () => {
    await card("first").click();
    await card("second").click({ modifiers: ["Shift"] });
    const from = await middle(card("first"));
    await drag(from, { x: from.x + 160, y: from.y + 40 });
    const moved = await settled();
    const by = (id: string) => {
      const [before, after] = [nodes, moved.nodes].map((list) => list.find((node) => node.id === id)?.position ?? { x: 0, y: 0 });
      return { x: (after?.x ?? 0) - (before?.x ?? 0), y: (after?.y ?? 0) - (before?.y ?? 0) };
    };
    expect(by("first").x).toBeGreaterThan(0);
    expect(by("second")).toEqual(by("first"));
    expect(by("start")).toEqual({ x: 0, y: 0 });
    await page.keyboard.press("Control+z");
    expect((await settled()).nodes).toEqual(nodes);
  });

  it("copies and pastes nodes with what they refer to among themselves, and undoes and redoes all of it exactly", async () => {
    const seed = await settled();
    await card("first").click();
    await card("second").click({ modifiers: ["Shift"] });
    await page.keyboard.press("Control+c");
    await page.keyboard.press("Control+v");
    await expect.poll(() => page.locator(".react-flow__node").count()).toBe(5);
    const pasted = await settled();
    const [third, fourth] = pasted.nodes.slice(3);
    expect(pasted.edges.at(-1)).toMatchObject({ source: third?.id, target: fourth?.id });
    expect(fourth).toMatchObject({ kind: "transform", output: { n: `{{steps.${third?.id}.output.n}}` } });

    await page.keyboard.press("Delete");
    // The canvas goes on hearing the keyboard, though what had it is gone.
    await page.keyboard.press("Control+a");
    await expect.poll(() => page.locator(".react-flow__node.selected").count()).toBe(3);
    await page.keyboard.press("Escape");
    const placed = async () => (await settled()).nodes.map(({ position }) => position);
    const before = await placed();
    await page.keyboard.press("l");
    // The layout is made in a worker.
    await expect.poll(placed).not.toEqual(before);
    const last = await settled();
    expect(last.nodes.map(({ id }) => id)).toEqual(["start", "first", "second"]);
    await undoAll();
    expect(await settled()).toEqual(seed);
    await redoAll();
    expect(await settled()).toEqual(last);
  });

  const undoAll = () => press("Undo");
  const redoAll = () => press("Redo");
  async function press(name: "Undo" | "Redo"): Promise<void> {
    const button = page.getByRole("button", { name: new RegExp(`^${name}`) });
    for (let times = 0; times < 20 && (await button.isEnabled()); times++) await button.click();
  }

  it("survives a reload with everything that was done, and a server that was away meanwhile", async () => {
    await server.end("SIGKILL");
    await card("second").click();
    await page.locator('.react-flow__node.selected[data-id="second"]').waitFor();
    await page.keyboard.press("Delete");
    await expect.poll(() => card("second").count()).toBe(0);
    expect(await page.getByText("1 node", { exact: true }).count()).toBe(0);
    await page.locator('[data-testid="save-state"][data-state="offline"]').waitFor();
    server = await startServer(place);
    await page.locator('[data-testid="save-state"][data-state="saved"]').waitFor({ timeout: 30_000 });
    await page.reload();
    await card("first").waitFor();
    expect(await card("second").count()).toBe(0);
  });
});
