import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

describe("a caller that waits for a flow's answer when the server dies", () => {
  let upstream: FakeUpstream;
  let place: Place;
  let server: Server;
  let hook: { flow: string; hook: string; secret: string };

  beforeAll(async () => {
    upstream = await startFakeUpstream();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: upstream.host });
    server = await startServer(place);
    const foundation = await place.foundation();
    hook = await publishHookFlow(foundation, {
      name: "Asks and answers",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [
        node.call("ask", "idempotent", { inputs: { value: "{{trigger.body.name}}" } }),
        node.respond("answer", { said: "{{steps.ask.output.said}}", to: "{{trigger.body.name}}" }, 201),
      ],
      edges: ["event -> ask", "ask -> answer"],
      answerWithinMs: 20_000,
    });
    await foundation.pair.close();
  });
  afterAll(async () => {
    await server?.end("SIGTERM");
    await upstream?.close();
    place?.remove();
  });

  it("gets the run's answer when it sends the same event again; there is exactly one run", async () => {
    const url = `${place.url}/hooks/${hook.hook}`;
    upstream.next({ hang: true });
    const waiting = post(url, sign(hook.secret, "delivery_1", { name: "Mira" })).catch((error: Error) => error);
    await upstream.received(1);
    await server.end("SIGKILL");
    expect(await waiting).toBeInstanceOf(Error);

    server = await startServer(place);
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    upstream.always({ body: { said: "Good day" }, after: held });
    // Sent while the run goes on: it waits. Sent after the end: it is answered at once.
    const again = post(url, sign(hook.secret, "delivery_1", { name: "Mira" }));
    await upstream.received(2);
    letGo();
    const answers = [await again, await post(url, sign(hook.secret, "delivery_1", { name: "Mira" }))];

    for (const { status, text, headers } of answers) {
      expect({ status, body: JSON.parse(text) }).toEqual({ status: 201, body: { said: "Good day", to: "Mira" } });
      expect(headers["x-patchbay-run"]).toMatch(/^run_/);
    }
    const { pair, sql } = await place.foundation();
    const runs = await sql.read<{ id: string; status: string }>("SELECT id, status FROM runs");
    const events = await sql.read("SELECT id FROM events");
    await pair.close();
    expect(runs).toEqual([{ id: answers[0]?.headers["x-patchbay-run"], status: "succeeded" }]);
    expect(events).toHaveLength(1);
    expect(upstream.requests).toHaveLength(2);
  });
});
