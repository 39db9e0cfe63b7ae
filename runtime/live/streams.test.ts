import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { createGuard } from "../people/guard.ts";
import { readSessionCookie } from "../people/session-cookie.ts";
import { createSessions } from "../people/sessions.ts";
import type { Bus } from "../store/bus.ts";
import type { EngineStore } from "../store/engine-store.ts";
import { deliver } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { liveRoute } from "./live.route.ts";

let server: TestServer;
let person: TestPerson;
let run: string;
let listeners: number;

beforeEach(async () => {
  server = await startTestServer();
  person = await server.addPerson();
  const hook = await server.publish({
    workspace: person.workspace,
    nodes: [node.transform("shape", "x")],
    edges: ["event -> shape"],
  });
  run = String((await deliver(server, hook, { id: "1" })).headers["x-patchbay-run"]);
  await server.reaches(run);
  listeners = 0;
});
afterEach(() => server.close());

/** Counts who listens. */
function counted(bus: Bus): Bus {
  const count = (off: () => void) => {
    listeners += 1;
    return () => {
      listeners -= 1;
      off();
    };
  };
  return {
    ...bus,
    subscribe: (topic, listener) => count(bus.subscribe(topic, listener)),
    subscribeRun: (id, listener) => count(bus.subscribeRun(id, listener)),
  };
}

type Client = { until(part: string): Promise<string>; rest(): Promise<string>; leave(): Promise<void> };

/** A client that reads only when it is told to. */
async function connect(path: string, keepAliveMs: number, change: Partial<EngineStore> = {}): Promise<Client> {
  const { sql, bus } = server.pair;
  const guard = createGuard({ sessions: createSessions({ sql, clock: server.clock }), publicUrl: "http://patchbay.example" });
  const engine = { ...server.pair.engine, ...change };
  const routes = liveRoute({ sql, engine, bus: counted(bus), guard, keepAliveMs });
  const answer = await routes.request(path, { headers: { Cookie: person.cookie } });
  expect(answer.status).toBe(200);
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
  let text = "";
  async function readWhile(goOn: () => boolean): Promise<string> {
    while (goOn()) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += Buffer.from(value).toString();
    }
    return text;
  }
  return {
    until: (part) => readWhile(() => !text.includes(part)),
    rest: () => readWhile(() => true),
    leave: () => reader.cancel(),
  };
}

const paths: [string, () => string][] = [
  ["a run's stream", () => `/live/runs/${run}`],
  ["the workspace's stream", () => "/live/workspace"],
];

describe.each(paths)("%s", (_, path) => {
  it("says again and again that it is there, also after the end of the run", async () => {
    const client = await connect(path(), 5);
    await client.until(": still here\n\n: still here\n\n: still here\n\n");
    await client.leave();
  });

  it("ends when its person has signed out", async () => {
    const client = await connect(path(), 5);
    await client.until(": still here");
    await createSessions({ sql: server.pair.sql, clock: server.clock }).close(readSessionCookie(person.cookie) ?? "");
    await client.rest();
    expect(listeners).toBe(0);
  });

  it("counts as no use of the session: it has no way to renew the cookie", async () => {
    const lastUse = () => server.pair.sql.read("SELECT last_used_at, expires_at FROM sessions");
    const client = await connect(path(), 5);
    const before = await lastUse();
    server.clock.advance(7_200_000);
    await client.until(": still here\n\n: still here\n\n: still here\n\n");
    expect(await lastUse()).toEqual(before);
    await client.leave();
  });

  it("listens to nothing any more when its client has left", async () => {
    const client = await connect(path(), 60_000);
    await client.until("\n\n");
    expect(listeners).toBeGreaterThan(0);
    await client.leave();
    await expect.poll(() => listeners).toBe(0);
  });
});

it("listens to nothing any more when the journal cannot be read", async () => {
  // What a stream fails with goes to standard error.
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  const journal = () => Promise.reject(new AppError("unavailable", "the disk is gone"));
  const client = await connect(`/live/runs/${run}`, 60_000, { journal });
  expect(await client.rest()).toBe("");
  expect(listeners).toBe(0);
  expect(told).toHaveBeenCalledOnce();
  told.mockRestore();
});

it("keeps the newest fifty hints for a client that does not read", async () => {
  const client = await connect("/live/workspace", 60_000);
  const message = {
    topic: "run",
    workspace: person.workspace,
    flow: "flw_1",
    status: "queued",
    length: 0,
    answered: false,
  } as const;
  for (let index = 0; index < 1_000; index += 1) server.pair.bus.publish({ ...message, run: `run_${index}` });
  const text = await client.until('"run_999"');
  expect([...text.matchAll(/"run":"run_(\d+)"/g)].map(([, index]) => Number(index))).toEqual(
    Array.from({ length: 50 }, (_, index) => 950 + index),
  );
  await client.leave();
});
