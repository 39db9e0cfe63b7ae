import { dump } from "js-yaml";
import type { Page } from "playwright-core";
import { launchBrowser, openSignedIn } from "../browser.ts";
import { makePlace, startServer } from "../server.ts";
import { type Figure, median } from "./figure.ts";

const bytes = 1_000_000;
const rounds = 5;

/** A specification of one megabyte, chosen in the browser: from the file being chosen to its report on the page. The value is the median as JSON. */
export async function importSpecification(): Promise<Figure> {
  const place = await makePlace();
  const [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
  try {
    const page = await (await openSignedIn(browser, server)).newPage();
    const specification = largeSpecification();
    const json = JSON.stringify(specification);
    const yaml = dump(specification);
    const jsonTimes: number[] = [];
    const yamlTimes: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      jsonTimes.push(await importTime(page, "large.json", json));
      yamlTimes.push(await importTime(page, "large.yaml", yaml));
    }
    return {
      case: "import",
      unit: "ms for 1 MB of JSON (p50)",
      value: Math.round(median(jsonTimes)),
      baseline: null,
      ratio: null,
      p50Ms: Math.round(median(jsonTimes)),
      p99Ms: null,
      maxMs: Math.round(Math.max(...jsonTimes)),
      yamlP50Ms: Math.round(median(yamlTimes)),
      yamlMaxMs: Math.round(Math.max(...yamlTimes)),
      jsonBytes: json.length,
      yamlBytes: yaml.length,
    };
  } finally {
    await browser.close();
    await server.end("SIGTERM");
    place.remove();
  }
}

async function importTime(page: Page, name: string, text: string): Promise<number> {
  await page.goto("/connectors/new");
  const input = page.locator("input[type=file]");
  await input.waitFor({ state: "attached" });
  await page.evaluate(() => {
    const seen = new Promise<number>((resolve) => {
      document.querySelector("input[type=file]")?.addEventListener("change", () => {
        const chosenAt = performance.now();
        new MutationObserver(() => {
          if (document.querySelector('[aria-label="Import report"]')) resolve(performance.now() - chosenAt);
        }).observe(document.body, { childList: true, subtree: true });
      });
    });
    Object.assign(window, { seen });
  });
  await input.setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  return page.evaluate(() => (window as unknown as { seen: Promise<number> }).seen);
}

/** As vendors write them: 150 operations over schemas that refer to one another, some in circles, with descriptions. */
function largeSpecification(): Record<string, unknown> {
  const operations = 150;
  const schemas: Record<string, unknown> = {};
  const words = "The value that the service has stored for this field, as it was when the resource was last changed. ";
  const ref = (n: number) => ({ $ref: `#/components/schemas/S${n}` });
  for (let size = 0, n = 0; size < bytes; n += 1) {
    const schema = {
      type: "object",
      description: words,
      required: ["id"],
      properties: Object.fromEntries([
        ["id", { type: "string", description: words }],
        ...Array.from({ length: 12 }, (_, field) => [
          `field_${field}`,
          { type: field % 2 ? "integer" : "string", description: words },
        ]),
        ["parent", ref(Math.max(0, n - 1))],
        ["peers", { type: "array", items: ref(n) }],
      ]),
    };
    schemas[`S${n}`] = schema;
    size += JSON.stringify(schema).length;
  }
  const names = Object.keys(schemas).length;
  const paths = Object.fromEntries(
    Array.from({ length: operations }, (_, n) => [
      `/resources-${n}/{id}`,
      {
        post: {
          operationId: `update_${n}`,
          summary: `Update resource ${n}`,
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
          requestBody: { content: { "application/json": { schema: ref(n % names) } } },
          responses: { "200": { description: "Done", content: { "application/json": { schema: ref((n * 7) % names) } } } },
        },
      },
    ]),
  );
  return {
    openapi: "3.0.3",
    info: { title: "A large API", version: "1" },
    servers: [{ url: "https://api.example.com" }],
    paths,
    components: { schemas },
  };
}
