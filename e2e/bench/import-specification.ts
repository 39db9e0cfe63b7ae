import { dump } from "js-yaml";
import type { Page } from "playwright-core";
import { launchBrowser, openSignedIn } from "../browser.ts";
import { makePlace, startServer } from "../server.ts";
import { type Figure, median } from "./figure.ts";
import { importGithub } from "./import-github.ts";
import { largeSpecification } from "./large-specification.ts";

const bytes = 1_000_000;
const rounds = 5;

/**
 * A specification of one megabyte, chosen in the browser: from the file being chosen to its report on the page. The value is the
 * median as JSON. `large` is one of 13 MB over HTTP, while the server answers other requests.
 */
export async function importSpecification(): Promise<Figure> {
  const place = await makePlace();
  const [server, browser] = await Promise.all([startServer(place), launchBrowser()]);
  try {
    const context = await openSignedIn(browser, server);
    // First, so that nothing of other imports is left in the server's memory.
    const large = await importGithub(server, context);
    const page = await context.newPage();
    const specification = largeSpecification(bytes, 150);
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
      large,
    };
  } finally {
    await browser.close();
    await server.end("SIGTERM");
    place.remove();
  }
}

async function importTime(page: Page, name: string, text: string): Promise<number> {
  await page.goto("/connectors/new?from=specification");
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
