import { expect, it } from "vitest";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask, deliver } from "../testing/test-client.ts";
import { node, testConnector } from "../testing/test-engine.ts";
import { startTestServer } from "../testing/test-server.ts";

it("takes one decision for a step that asks for it, and says so to whoever comes later", async () => {
  const upstream = await startFakeUpstream();
  const server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  const { workspace, cookie, id } = await server.addPerson();
  const hook = await server.publish({
    workspace,
    connector: { ...testConnector, baseUrl: upstream.url },
    nodes: [node.call("pay", "unsafe"), node.delay("pause", 3_600_000)],
    edges: ["event -> pay", "pay -> pause"],
  });
  upstream.next({ cut: "after-reading" });
  const run = String((await deliver(server, hook, { id: "1" })).headers["x-patchbay-run"]);
  await server.reaches(run, "waiting");
  const get = async (path: string) => (await ask(`${server.url}/api/v1${path}`, { headers: { Cookie: cookie } })).json;
  expect(await get("/waits")).toMatchObject({ waits: [{ kind: "outcome", run, step: "pay", title: "pay" }] });
  expect(await get("/runs")).toMatchObject({ runs: [{ id: run, status: "waiting", waitsFor: "outcome-unknown" }] });
  const decide = (step: string, decision: string) =>
    ask(`${server.url}/api/v1/runs/${run}/steps/${step}/outcome`, {
      method: "POST",
      headers: { Cookie: cookie, "X-Patchbay-Request": "1" },
      body: JSON.stringify({ decision }),
    });
  const conflict = { status: 409, json: { error: { code: "conflict" } } };
  expect(await decide("event", "fail")).toMatchObject(conflict);
  expect(await decide("unknown", "fail")).toMatchObject(conflict);
  expect(await decide("pay", "send-again")).toMatchObject({ status: 200 });
  await upstream.received(2);
  // It waits for nobody any more, but for its delay.
  await server.reaches(run, "waiting");
  expect(await get("/waits")).toEqual({ waits: [] });
  expect(await get("/runs")).toMatchObject({ runs: [{ id: run, waitsFor: null }] });
  expect(await decide("pay", "fail")).toMatchObject(conflict);
  expect(await get(`/runs/${run}`)).toMatchObject({ people: { [id]: "Ada" } });
  await server.close();
  await upstream.close();
});
