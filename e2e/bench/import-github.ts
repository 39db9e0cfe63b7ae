import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { getImport, type ImportState, startImport } from "../../shared/api/imports.ts";
import { AppError } from "../../shared/app-error.ts";
import type { BrowserContext } from "../browser.ts";
import { githubSpecification } from "../real-specs/github.ts";
import type { Server } from "../server.ts";
import { percentile } from "./figure.ts";
import { largeSpecification } from "./large-specification.ts";
import { residentMb } from "./resident-memory.ts";

/** `otherP99Ms`: other requests that the server answered meanwhile. `extraMb`: memory of the server and its children above what it had before; null where it cannot be read. */
export type LargeImport = {
  source: "github" | "generated";
  bytes: number;
  operations: number;
  ms: number;
  otherP99Ms: number;
  otherMaxMs: number;
  others: number;
  extraMb: number | null;
};

/** Imports 13 MB with some 1,200 operations over HTTP, from the first byte sent to the report. */
export async function importGithub(server: Server, context: BrowserContext): Promise<LargeImport> {
  const file = githubSpecification();
  const text = file ? readFileSync(file, "utf8") : JSON.stringify(largeSpecification(12_500_000, 1_200));
  const body = Buffer.from(JSON.stringify({ source: { text } }));
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const headers = { cookie: cookies, "x-patchbay-request": "1", "content-type": "application/json" };
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, { headers });
    if (!answer.ok) throw new AppError("internal", `GET ${path} was answered ${answer.status}`);
    return (await answer.json()) as unknown;
  };
  for (let warm = 0; warm < 20; warm += 1) await get("/overview");
  const before = residentMb(server.pid);
  const times: number[] = [];
  const peaks: number[] = [];
  let importing = true;
  const others = (async () => {
    while (importing) {
      const sentAt = performance.now();
      await get("/overview");
      times.push(performance.now() - sentAt);
      await sleep(5);
    }
  })();
  const memory = (async () => {
    while (importing) {
      peaks.push(residentMb(server.pid) ?? Number.NaN);
      await sleep(50);
    }
  })();
  const begunAt = performance.now();
  const sent = await fetch(`${server.url}/api/v1${startImport.path}`, { method: "POST", headers, body });
  const { import: id } = startImport.response.parse(await sent.json());
  let result: ImportState;
  for (;;) {
    ({ result } = getImport.response.parse(await get(`/imports/${id}`)));
    if (result.state !== "reading") break;
    await sleep(100);
  }
  const ms = performance.now() - begunAt;
  importing = false;
  await Promise.all([others, memory]);
  if (result.state === "refused") throw new AppError("internal", result.message);
  return {
    source: file ? "github" : "generated",
    bytes: text.length,
    operations: result.report.operations.length,
    ms: Math.round(ms),
    otherP99Ms: Math.round(percentile(times, 0.99)),
    otherMaxMs: Math.round(Math.max(...times)),
    others: times.length,
    extraMb: before === null ? null : Math.round(Math.max(...peaks) - before),
  };
}
