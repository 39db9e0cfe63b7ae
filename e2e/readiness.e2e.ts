import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

describe("a server whose database cannot be written", () => {
  let place: Place;
  let server: Server;

  beforeAll(async () => {
    // A file that another process locks; what nodes do without their Postgres is in cluster.e2e.ts.
    place = await makePlace({ DATABASE_URL: "" });
    server = await startServer(place);
  });
  afterAll(async () => {
    await server?.end("SIGTERM");
    place?.remove();
  });

  it("says that it is not ready until it can be written again", async () => {
    const foundation = await place.foundation();
    const { hook, secret } = await publishHookFlow(foundation, { name: "Any", nodes: [], edges: [] });
    await foundation.pair.close();
    const deliver = async (id: string) => (await post(`${server.url}/hooks/${hook}`, sign(secret, id, {}))).status;
    const ready = async () => (await fetch(`${server.url}/readyz`)).status;
    expect([await deliver("1"), await ready()]).toEqual([200, 200]);
    const other = new Database(join(place.dataDir, "patchbay.db"));
    other.exec("BEGIN IMMEDIATE");
    expect([await deliver("2"), await ready()]).toEqual([503, 503]);
    other.exec("ROLLBACK");
    other.close();
    expect([await deliver("2"), await ready()]).toEqual([200, 200]);
  });
});
