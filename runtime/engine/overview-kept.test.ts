import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Json } from "../../shared/json.ts";
import { createGuard } from "../people/guard.ts";
import { createSessions } from "../people/sessions.ts";
import { deliver } from "../testing/test-client.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { overviewRoute } from "./overview.route.ts";

let server: TestServer;
let person: TestPerson;
let questions: number;
let broken: boolean;
let ask: (cookie?: string) => Promise<Json>;

/** The overview on a database that takes so long for each question. */
function countingTakes(tookMs: number): void {
  const { sql } = server.pair;
  const { clock, refusals } = server;
  const slow: typeof sql = {
    ...sql,
    list(text, params) {
      questions += 1;
      if (broken) throw new AppError("unavailable", "the reader has stopped");
      clock.advance(tookMs);
      return sql.list(text, params);
    },
  };
  const guard = createGuard({ sessions: createSessions({ sql, clock }), publicUrl: "http://patchbay.example" });
  const routes = overviewRoute({ sql: slow, refusals, clock, guard });
  ask = async (cookie = person.cookie) => {
    const answer = await routes.request("/overview", { headers: { Cookie: cookie } });
    return answer.ok ? ((await answer.json()) as Json) : answer.status;
  };
}

beforeEach(async () => {
  server = await startTestServer();
  person = await server.addPerson();
  questions = 0;
  broken = false;
});
afterEach(() => server.close());

it("counts anew for everybody who asks where counting takes no time", async () => {
  const hook = await server.publish({ workspace: person.workspace, nodes: [], edges: [] });
  countingTakes(0);
  expect(await ask()).toMatchObject({ events: 0 });
  await deliver(server, hook, { id: "1" });
  expect(await ask()).toMatchObject({ events: 1 });
});

it("keeps a count ten times as long as it took, for its workspace alone", async () => {
  const stranger = await server.addPerson("Eve");
  countingTakes(100);
  const all = await Promise.all([ask(), ask(), ask()]);
  expect(questions).toBe(2);
  expect(all[1]).toEqual(all[0]);
  server.clock.advance(1_999);
  await ask();
  expect(questions).toBe(2);
  await ask(stranger.cookie);
  expect(questions).toBe(4);
  await ask();
  expect(questions).toBe(6);
});

it("keeps no count longer than ten seconds, and none that failed", async () => {
  countingTakes(60_000);
  await ask();
  server.clock.advance(9_999);
  await ask();
  expect(questions).toBe(2);
  server.clock.advance(1);
  broken = true;
  // The app of the product has an error handler; here Hono's own tells standard error.
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await ask()).toBe(500);
  told.mockRestore();
  broken = false;
  expect(await ask()).toMatchObject({ events: 0 });
});
