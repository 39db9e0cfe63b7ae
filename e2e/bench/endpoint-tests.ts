import { startFakeUpstream } from "../../runtime/testing/fake-upstream.ts";
import { mostInAnyStretch } from "../../runtime/testing/most-in-any-stretch.ts";
import { createConnection } from "../../shared/api/connections.ts";
import { createConnector, editConnector, getConnector, testEndpoint } from "../../shared/api/connectors.ts";
import { getImport, importFile } from "../../shared/api/imports.ts";
import { AppError } from "../../shared/app-error.ts";
import { ask } from "../authored-workspace.ts";
import { type BrowserContext, launchBrowser, openSignedIn } from "../browser.ts";
import { startServer } from "../server.ts";
import { type Figure, median, percentile, ratio } from "./figure.ts";
import { type PairName, withPlace } from "./product.ts";

const endpoints = 100;
const perSecond = 25;

/**
 * The tests of 100 endpoints, all asked for at once, of an API that lets the account make 25 calls a second. The value is the rate at
 * which calls reach it once the first second's are through; `seconds` is from the first test asked for to the last one answered.
 */
export async function endpointTests(pair: PairName): Promise<Figure> {
  const upstream = await startFakeUpstream();
  const arrivals: number[] = [];
  const browser = await launchBrowser();
  try {
    return await withPlace(pair, { env: { PATCHBAY_ALLOW_HTTP: upstream.host }, pinned: false }, async (place) => {
      const server = await startServer(place);
      try {
        const context = await openSignedIn(browser, server);
        const { connector, connection, keys } = await makeConnector(context, upstream.url);
        upstream.always(() => {
          arrivals.push(performance.now());
          return { body: { ok: true } };
        });
        const begunAt = performance.now();
        const results = await Promise.all(
          keys.map(async (endpoint) => {
            const params = { connector, endpoint };
            const { passed } = await ask(context.request, testEndpoint, { params, body: { connection, inputs: {} } });
            return { passed, ms: performance.now() - begunAt };
          }),
        );
        const times = results.map(({ ms }) => ms);
        const passed = results.filter((result) => result.passed).length;
        const tests = await ask(context.request, getConnector, { params: { connector } });
        const kept = tests.tests.filter((test) => test.passed && !test.stale).length;
        if (passed !== endpoints || kept !== endpoints)
          throw new AppError("internal", `${passed} of ${endpoints} tests passed, ${kept} were kept`);
        const rate = rateAfterFirst(arrivals);
        return {
          case: "tests",
          pair,
          unit: "calls/s",
          value: rate,
          baseline: perSecond,
          ratio: ratio(rate, perSecond),
          p50Ms: Math.round(median(times)),
          p99Ms: Math.round(percentile(times, 0.99)),
          mostInAnySecond: mostInAnyStretch(arrivals, 1_000),
          calls: arrivals.length,
          seconds: Number((Math.max(...times) / 1_000).toFixed(2)),
          passed,
          of: endpoints,
        };
      } finally {
        await server.end("SIGTERM");
      }
    });
  } finally {
    await browser.close();
    await upstream.close();
  }
}

/** A second's worth may go at once when nothing went before: what comes after it shows the rate. */
function rateAfterFirst(arrivals: readonly number[]): number {
  const sorted = arrivals.toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [sorted[perSecond - 1], sorted.at(-1)];
  return Number(((sorted.length - perSecond) / ((last - first) / 1_000)).toFixed(2));
}

async function makeConnector(
  { request }: BrowserContext,
  url: string,
): Promise<{ connector: string; connection: string; keys: string[] }> {
  const id = await importOf(request, specification(url));
  const keys = Array.from({ length: endpoints }, (_, index) => `e${index}`);
  const { connector } = await ask(request, createConnector, {
    body: { name: "Limited", description: "", from: { import: id, endpoints: keys } },
  });
  const { revision } = await ask(request, getConnector, { params: { connector } });
  const limits = [{ windows: [{ limit: perSecond, perMs: 1_000 }] }];
  await ask(request, editConnector, { params: { connector }, body: { base: revision, edit: { edit: "limits", limits } } });
  const { connection } = await ask(request, createConnection, {
    body: { connector, name: "The account", target: "live", credentials: { apiKey: "key" } },
  });
  return { connector, connection, keys };
}

async function importOf(request: BrowserContext["request"], text: string): Promise<string> {
  const headers = { "X-Patchbay-Request": "1" };
  const sent = await request.post(`/api/v1${importFile.path}`, { headers, data: Buffer.from(text) });
  const { import: id } = importFile.response.parse(await sent.json());
  for (;;) {
    const { result } = await ask(request, getImport, { params: { import: id } });
    if (result.state === "read") return id;
    if (result.state === "refused") throw new AppError("internal", result.message);
  }
}

function specification(url: string): string {
  const operation = (index: number) => ({ operationId: `e${index}`, responses: { 200: { description: "fine" } } });
  return JSON.stringify({
    openapi: "3.1.0",
    info: { title: "Limited", version: "1" },
    servers: [{ url }],
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } } },
    paths: Object.fromEntries(Array.from({ length: endpoints }, (_, index) => [`/e${index}`, { get: operation(index) }])),
  });
}
