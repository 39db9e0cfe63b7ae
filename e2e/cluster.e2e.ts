import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../runtime/cli/embedded-postgres.ts";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import type { TestHook } from "../runtime/testing/test-hook.ts";
import { administrator } from "./browser.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { freePort, makePlace, type Place, type Server, startServer } from "./server.ts";

const hourMs = 3_600_000;

let postgres: PostgresServer;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

/** Signs the first administrator in at a node, by its one-time link. Gives the session's cookie. */
async function setUp({ url, setupUrl }: Server): Promise<string> {
  const token = new URL(setupUrl ?? url).searchParams.get("token");
  const answer = await ask(url, "POST", "/setup", { body: { ...administrator, token } });
  expect(answer.status).toBe(200);
  return answer.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

function ask(
  url: string,
  method: string,
  path: string,
  { cookie = "", body }: { cookie?: string; body?: unknown } = {},
): Promise<Response> {
  const headers = { "Content-Type": "application/json", "X-Patchbay-Request": "1", Cookie: cookie };
  return fetch(`${url}/api/v1${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

/** Follows a run's live stream to its last entry; gives the kinds of all. */
async function follow(url: string, run: string, cookie: string): Promise<string[]> {
  const stream = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/api/v1/live/runs/${run}`, { headers: { Cookie: cookie } }, resolve).on("error", reject);
  });
  expect(stream.statusCode).toBe(200);
  const kinds: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    if (!line.startsWith("data:")) continue;
    kinds.push(JSON.parse(line.slice("data:".length)).kind);
    if (kinds.at(-1) === "run-finished") break;
  }
  stream.destroy();
  return kinds;
}

async function statusOf(url: string, run: string, cookie: string): Promise<string> {
  const answer = await ask(url, "GET", `/runs/${run}`, { cookie });
  return (await answer.json()).run.status;
}

function command({ env }: Place, ...args: string[]): { status: number | null; out: string; error: string } {
  const main = join(import.meta.dirname, "..", "runtime", "main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { env, encoding: "utf8" });
  return { status, out: stdout, error: stderr };
}

describe("two API nodes and two workers on one Postgres", () => {
  let upstream: FakeUpstream;
  let place: Place;
  let first: Server;
  let second: Server;
  let workers: Server[];
  let cookie: string;
  let slow: TestHook;
  let answering: TestHook;

  beforeAll(async () => {
    upstream = await startFakeUpstream();
    place = await makePlace({ DATABASE_URL: postgres.url, PATCHBAY_ALLOW_HTTP: upstream.host });
    const port = async () => ({ PATCHBAY_PORT: String(await freePort()) });
    const [secondPort, workerPort] = [await port(), await port()];
    // All at once, on a database without a schema.
    [first, second, ...workers] = await Promise.all([
      startServer(place, { role: "api" }),
      startServer(place, { role: "api", env: secondPort }),
      startServer(place, { role: "worker", env: workerPort }),
      startServer(place, { role: "worker" }),
    ]);
    cookie = await setUp(first);
    const foundation = await place.foundation();
    slow = await publishHookFlow(foundation, {
      name: "Slow",
      nodes: [node.delay("pause", hourMs), node.transform("shape", "{{trigger.body}}")],
      edges: ["event -> pause", "pause -> shape"],
    });
    answering = await publishHookFlow(foundation, {
      name: "Asks and answers",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [
        node.call("ask", "idempotent", { inputs: { value: "{{trigger.body.name}}" } }),
        node.respond("answer", { said: "{{steps.ask.output.said}}" }, 201),
      ],
      edges: ["event -> ask", "ask -> answer"],
      answerWithinMs: 20_000,
    });
    await foundation.pair.close();
  });
  afterAll(async () => {
    await Promise.all([first, second, ...(workers ?? [])].map((server) => server?.end("SIGTERM")));
    await upstream?.close();
    place?.remove();
  });

  it("make one workspace and one catalog between them, and each prints a set-up link", async () => {
    expect([first.setupUrl, second.setupUrl]).toEqual([
      expect.stringContaining("/setup?token="),
      expect.stringContaining("/setup?token="),
    ]);
    const { sql, pair } = await place.foundation();
    const count = async (table: string) => {
      const [row] = await sql.read<{ count: number }>(`SELECT count(*) AS count FROM ${table}`);
      return Number(row?.count);
    };
    expect([await count("workspaces"), await count("installed_templates")]).toEqual([1, 1]);
    await pair.close();
  });

  it("share the set-up and the session: who signed in at one is signed in at the other", async () => {
    const session = await ask(second.url, "GET", "/session", { cookie });
    expect(await session.json()).toMatchObject({ person: { email: administrator.email } });
    expect(await (await ask(second.url, "GET", "/setup")).json()).toEqual({ needed: false });
    const again = { ...administrator, token: new URL(second.setupUrl ?? "").searchParams.get("token") };
    expect((await ask(second.url, "POST", "/setup", { body: again })).status).toBe(403);
  });

  it("say that they are ready, a worker too where it was given a port", async () => {
    const [worker] = workers;
    for (const { url } of [first, second, worker ?? first])
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${worker?.url}/api/v1/session`)).status).toBe(404);
  });

  it("run on a worker what was posted to one node, and show it live on the other, to its cancellation there", async () => {
    const { status, headers } = await post(`${first.url}/hooks/${slow.hook}`, sign(slow.secret, "slow-1", { name: "Mira" }));
    expect(status).toBe(200);
    const run = String(headers["x-patchbay-run"]);
    const seen = follow(second.url, run, cookie);
    await expect.poll(() => statusOf(second.url, run, cookie), { timeout: 10_000 }).toBe("waiting");
    expect((await ask(second.url, "POST", `/runs/${run}/cancel`, { cookie })).status).toBe(200);
    const kinds = await seen;
    expect(kinds).toEqual(expect.arrayContaining(["run-started", "step-waiting", "cancel-requested", "step-canceled"]));
    expect(kinds.at(-1)).toBe("run-finished");
    expect(await statusOf(first.url, run, cookie)).toBe("canceled");
  });

  it("answer a sender at one node with what a worker elsewhere made", async () => {
    upstream.always({ body: { said: "Good day" } });
    const delivery = sign(answering.secret, "asked-1", { name: "Mira" });
    const { status, text, headers } = await post(`${first.url}/hooks/${answering.hook}`, delivery);
    expect({ status, body: JSON.parse(text) }).toEqual({ status: 201, body: { said: "Good day" } });
    const kinds = await follow(second.url, String(headers["x-patchbay-run"]), cookie);
    expect(kinds.at(-1)).toBe("run-finished");
    // The same event again, at the other node: the same run's answer.
    const again = await post(`${second.url}/hooks/${answering.hook}`, delivery);
    expect([again.status, again.headers["x-patchbay-run"]]).toEqual([201, headers["x-patchbay-run"]]);
    expect(upstream.requests).toHaveLength(1);
  });

  it("list at one node what the other has refused", async () => {
    const forged = sign("another secret", "forged-1", {});
    expect((await post(`${first.url}/hooks/${slow.hook}`, forged)).status).toBe(401);
    const refusals = async () => (await (await ask(second.url, "GET", "/refusals", { cookie })).json()).refusals;
    await expect.poll(refusals).toEqual([expect.objectContaining({ hook: slow.hook })]);
  });

  it("answer who waits before they stop, while the workers go on", async () => {
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    upstream.always({ body: { said: "Late, but here" }, after: held });
    const before = upstream.requests.length;
    const waiting = post(`${second.url}/hooks/${answering.hook}`, sign(answering.secret, "asked-2", { name: "Mira" }));
    await upstream.received(before + 1);
    const ended = second.end("SIGTERM");
    letGo();
    expect((await waiting).status).toBe(201);
    await ended;
  });
});

describe("nodes whose database is away", () => {
  it("say that they are not ready, take nothing in, and go on by themselves when it is back", async () => {
    const folder = mkdtempSync(join(tmpdir(), "patchbay-away-"));
    // Outlives the server, so that it is the same one that comes back.
    const where = { folder: join(folder, "postgres"), port: await freePort() };
    chmodSync(folder, 0o755);
    let own = await startPostgres(where);
    // What they say of it is expected here.
    const place = await makePlace({ DATABASE_URL: own.url, PATCHBAY_LOG_LEVEL: "silent" });
    const workerPort = { PATCHBAY_PORT: String(await freePort()) };
    const nodes = await Promise.all([
      startServer(place, { role: "api" }),
      startServer(place, { role: "worker", env: workerPort }),
    ]);
    const [api] = nodes;
    const cookie = await setUp(api);
    const foundation = await place.foundation();
    const hook = await publishHookFlow(foundation, {
      name: "Pure",
      nodes: [node.transform("shape", "{{trigger.body}}")],
      edges: ["event -> shape"],
    });
    await foundation.pair.close();
    const deliver = (id: string) => post(`${api.url}/hooks/${hook.hook}`, sign(hook.secret, id, {}));
    const readiness = () => Promise.all(nodes.map(async ({ url }) => (await fetch(`${url}/readyz`)).status));
    await expect.poll(readiness).toEqual([200, 200]);

    await own.stop();
    await expect.poll(readiness, { timeout: 10_000 }).toEqual([503, 503]);
    const { status, headers } = await deliver("away");
    expect([status, headers["retry-after"]]).toEqual([503, expect.any(String)]);

    own = await startPostgres(where);
    await expect.poll(readiness, { timeout: 20_000 }).toEqual([200, 200]);
    expect((await deliver("away")).status).toBe(200);
    const runs = async () => (await (await ask(api.url, "GET", "/runs", { cookie })).json()).runs;
    await expect.poll(runs, { timeout: 20_000 }).toEqual([expect.objectContaining({ status: "succeeded" })]);
    await Promise.all(nodes.map((server) => server.end("SIGTERM")));
    await own.stop();
    place.remove();
    rmSync(folder, { recursive: true });
  });
});

describe("an operator's command on Postgres", () => {
  it("says to start a server first where none was ever started, and makes nothing", async () => {
    const place = await makePlace({ DATABASE_URL: postgres.url });
    const ended = command(place, "hooks", "list");
    expect(ended).toEqual({
      status: 1,
      out: "",
      error: `patchbay: there is no schema "${place.env.PATCHBAY_DATABASE_SCHEMA}" at DATABASE_URL yet: start a server on it first\n`,
    });
    expect(command(place, "hooks", "list")).toEqual(ended);
    place.remove();
  });

  it("works beside a server, with the key that all have; another key is found out, and the password is never shown", async () => {
    const place = await makePlace({ DATABASE_URL: postgres.url });
    await (await startServer(place)).end("SIGTERM");
    expect(command(place, "hooks", "list")).toMatchObject({ status: 0, out: expect.stringContaining("Inbound lead") });
    const other = { ...place, env: { ...place.env, PATCHBAY_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64") } };
    await expect(startServer(other)).rejects.toThrow("was encrypted with the master key");
    const wrong = new URL(postgres.url);
    wrong.password = "hunter2";
    const refused = command({ ...place, env: { ...place.env, DATABASE_URL: wrong.href } }, "hooks", "list");
    expect(refused.error).toMatch(/^patchbay: the database of DATABASE_URL refuses us: password authentication failed/);
    expect(refused.error).not.toContain("hunter2");
    const nowhere = { ...place, env: { ...place.env, DATABASE_URL: "postgres://me:hunter2@127.0.0.1:1/none" } };
    for (const { status, error } of [command(nowhere, "hooks", "list"), command(nowhere, "start")]) {
      expect(status).toBe(1);
      expect(error).toContain("the database of DATABASE_URL does not answer");
      expect(error).not.toContain("hunter2");
    }
    place.remove();
  });
});

describe("all of the product in one process on Postgres", () => {
  let place: Place;
  let server: Server;

  beforeAll(async () => {
    place = await makePlace({ DATABASE_URL: postgres.url });
    server = await startServer(place);
  });
  afterAll(async () => {
    await server?.end("SIGTERM");
    place?.remove();
  });

  it("takes an event, carries its run on and shows it; another start finds everything again", async () => {
    const cookie = await setUp(server);
    const foundation = await place.foundation();
    const { hook, secret } = await publishHookFlow(foundation, {
      name: "Pure",
      nodes: [node.transform("shape", "{{trigger.body.name}}")],
      edges: ["event -> shape"],
    });
    await foundation.pair.close();
    expect((await post(`${server.url}/hooks/${hook}`, sign(secret, "one", { name: "Mira" }))).status).toBe(200);
    const runs = async () => (await (await ask(server.url, "GET", "/runs", { cookie })).json()).runs;
    await expect.poll(runs).toEqual([expect.objectContaining({ status: "succeeded" })]);

    await server.end("SIGTERM");
    server = await startServer(place);
    expect(server.setupUrl).toBeNull();
    await expect.poll(runs).toHaveLength(1);
  });
});
