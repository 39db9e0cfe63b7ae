import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishFlow } from "../flows/publish-flow.ts";
import { deliver } from "../testing/test-client.ts";
import { node, testFlow } from "../testing/test-engine.ts";
import { type TestHook, trigger } from "../testing/test-hook.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { createLoadHook } from "./load-hook.ts";
import { setHookSecret } from "./set-hook-secret.ts";

let server: TestServer;
let workspace: string;
let hook: TestHook;

beforeEach(async () => {
  server = await startTestServer();
  ({ workspace } = await server.addPerson());
  const nodes = [node.respond("answer", "version 1")];
  hook = await server.publish({ workspace, nodes, edges: ["event -> answer"] });
});
afterEach(() => server.close());

const deps = () => ({ sql: server.pair.sql, vault: server.vault, clock: server.clock, ids: server.ids });

describe("a hook", () => {
  it("knows its new secret at the next delivery, and its old one no longer", async () => {
    const old = { ...hook };
    expect(await deliver(server, old, { id: "1" })).toMatchObject({ status: 200 });
    hook.secret = "the new secret of the provider";
    await setHookSecret(deps(), hook.hook, hook.secret);
    expect(await deliver(server, old, { id: "2" })).toMatchObject({ status: 401 });
    expect(await deliver(server, hook, { id: "2" })).toMatchObject({ status: 200 });
  });

  it("starts the version that is published when the delivery comes", async () => {
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ text: "version 1" });
    const document = testFlow([trigger, node.respond("answer", "version 2")], ["event -> answer"]);
    await publishFlow(deps(), { workspace, flow: hook.flow, document });
    expect(await deliver(server, hook, { id: "2" })).toMatchObject({ text: "version 2" });
    // What came before stays as it was answered.
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ text: "version 1" });
  });

  it("is gone at the next delivery when it is deleted", async () => {
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ status: 200 });
    await server.pair.sql.commit([{ text: "DELETE FROM hooks WHERE id = $1", params: [hook.hook] }]);
    expect(await deliver(server, hook, { id: "2" })).toMatchObject({ status: 404 });
  });

  it("takes no delivery when its secrets cannot be decrypted, and tells the sender to come again", async () => {
    await server.pair.sql.commit([
      { text: "UPDATE hooks SET secrets = $1, revision = revision + 1 WHERE id = $2", params: ["garbage", hook.hook] },
    ]);
    const answer = await deliver(server, hook, { id: "1" });
    expect(answer).toMatchObject({ status: 503, text: '{"error":{"code":"unavailable"}}' });
    expect(answer.headers).toMatchObject({ "retry-after": "2", "x-request-id": expect.stringMatching(/^req_/) });
    expect(server.faults).toHaveLength(1);
    expect(await server.pair.sql.read("SELECT id FROM events")).toEqual([]);
  });

  it("is read once for a burst, and parsed and decrypted only when it has changed", async () => {
    const { sql } = server.pair;
    const asked: string[] = [];
    const counting: typeof sql = {
      ...sql,
      read(text, params) {
        asked.push(text);
        return sql.read(text, params);
      },
    };
    const loadHook = createLoadHook({ sql: counting, vault: server.vault });
    const hooks = await Promise.all(Array.from({ length: 50 }, () => loadHook(hook.hook)));
    expect(new Set(hooks).size).toBe(1);
    expect(asked.length).toBe(2);
    await turnOver();
    expect(await loadHook(hook.hook)).toMatchObject({ id: hook.hook, workspace });
    expect(asked.length).toBe(3);
    await setHookSecret(deps(), hook.hook, "another secret of the provider");
    await turnOver();
    await loadHook(hook.hook);
    expect(asked.length).toBe(5);
  });

  it.each(["", " \n", "\t"])(
    "keeps its secret when it is to be replaced by %j, which would verify nothing (S1)",
    async (blank) => {
      await expect(setHookSecret(deps(), hook.hook, blank)).rejects.toMatchObject({ code: "bad_request" });
      expect(await deliver(server, hook, { id: "1" })).toMatchObject({ status: 200 });
    },
  );

  it("counts with its old secret as long as the operator said, and takes none where it is its connector's", async () => {
    const loadHook = createLoadHook(deps());
    await setHookSecret(deps(), hook.hook, "before");
    await setHookSecret(deps(), hook.hook, "after", 60_000);
    expect((await loadHook(hook.hook))?.secrets).toEqual([
      { secret: "after", expiresAt: null },
      { secret: "before", expiresAt: server.clock() + 60_000 },
    ]);
    for (const secret of ["3", "4", "5"]) await setHookSecret(deps(), hook.hook, secret, 60_000);
    await turnOver();
    // Rotating over and over gathers no keys.
    expect((await loadHook(hook.hook))?.secrets.map(({ secret }) => secret)).toEqual(["5", "4", "3", "after"]);
    const set = (from: string) =>
      server.pair.sql.commit([{ text: "UPDATE hooks SET secret_from = $1 WHERE id = $2", params: [from, hook.hook] }]);
    await set("definition");
    await expect(setHookSecret(deps(), hook.hook, "mine")).rejects.toMatchObject({ code: "bad_request" });
    await set("own");
  });

  it("is unknown to everybody else", async () => {
    expect(await createLoadHook(deps())(`hook_${"A".repeat(27)}`)).toBeNull();
  });
});

function turnOver(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
