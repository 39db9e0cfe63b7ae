import { Agent, get, type IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../runtime/testing/fake-upstream.ts";
import { node, testConnector } from "../runtime/testing/test-engine.ts";
import type { TestHook } from "../runtime/testing/test-hook.ts";
import { administrator } from "./browser.ts";
import { publishHookFlow } from "./fixtures.ts";
import { post, sign } from "./sender.ts";
import { makePlace, type Place, type Server, startServer } from "./server.ts";

describe("a server that is told to stop", () => {
  let upstream: FakeUpstream;
  let place: Place;
  let server: Server;

  beforeEach(async () => {
    upstream = await startFakeUpstream();
    place = await makePlace({ PATCHBAY_ALLOW_HTTP: upstream.host });
    server = await startServer(place);
  });
  afterEach(async () => {
    await server.end("SIGKILL");
    await upstream.close();
    place.remove();
  });

  /** A flow that asks the upstream and then answers its sender. */
  async function publish(answerWithinMs?: number): Promise<TestHook> {
    const foundation = await place.foundation();
    const hook = await publishHookFlow(foundation, {
      name: "Ask and answer",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [node.call("ask", "unsafe"), node.respond("answer", { answered: true })],
      edges: ["event -> ask", "ask -> answer"],
      answerWithinMs,
    });
    await foundation.pair.close();
    return hook;
  }

  /** The live stream of the first administrator; what is in the array settles with how it ended. */
  async function openWorkspaceStream(): Promise<[Promise<"ended" | "cut">]> {
    const body = JSON.stringify({ ...administrator, token: new URL(server.setupUrl ?? "").searchParams.get("token") });
    const headers = { "Content-Type": "application/json", "X-Patchbay-Request": "1" };
    const { headers: got } = await post(`${server.url}/api/v1/setup`, { headers, body });
    const cookie = got["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
    const stream = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${server.url}/api/v1/live/workspace`, { headers: { Cookie: cookie } }, resolve).on("error", reject);
    });
    expect(stream.statusCode).toBe(200);
    stream.on("error", () => {}).resume();
    return [new Promise((resolve) => stream.on("close", () => resolve(stream.complete ? "ended" : "cut")))];
  }

  it("answers every request that came before, under load", async () => {
    const hook = await publish();
    const agent = new Agent({ keepAlive: true });
    const answers: { begun: number; ended: number; status: number }[] = [];
    const errors: { begun: number; message: string }[] = [];
    let warm: () => void = () => {};
    const warmedUp = new Promise<void>((resolve) => {
      warm = resolve;
    });
    const send = async (sender: number) => {
      for (let count = 0; ; count += 1) {
        const delivery = sign(hook.secret, `${sender}-${count}`, { sender, count });
        const begun = performance.now();
        try {
          const { status } = await post(`${server.url}/hooks/${hook.hook}`, delivery, agent);
          answers.push({ begun, ended: performance.now(), status });
          if (answers.length === 600) warm();
        } catch (error) {
          errors.push({ begun, message: String(error) });
          return;
        }
      }
    };
    const senders = Promise.all(Array.from({ length: 60 }, (_, sender) => send(sender)));
    await warmedUp;
    const signaled = performance.now();
    await server.end("SIGTERM");
    await senders;
    agent.destroy();
    expect(errors.filter(({ begun }) => begun < signaled)).toEqual([]);
    expect(answers.filter(({ begun, ended }) => begun < signaled && ended > signaled).length).toBeGreaterThan(20);
    // 202: its run begins after the next start.
    for (const { status } of answers) expect([200, 202]).toContain(status);
  });

  it("ends the live streams and lets go of calls that do not end, within ten seconds", async () => {
    const hook = await publish(30_000);
    const [stream] = await openWorkspaceStream();
    upstream.always({ hang: true });
    const waiting = post(`${server.url}/hooks/${hook.hook}`, sign(hook.secret, "1", {}));
    await upstream.received(1);
    const began = performance.now();
    const ended = server.end("SIGTERM");
    // Its run goes on after the next start, and its retry gets the answer then.
    expect(await waiting).toMatchObject({ status: 202, text: expect.stringContaining('"run":"run_') });
    expect(await stream).toBe("ended");
    await ended;
    expect(performance.now() - began).toBeLessThan(10_500);
  });

  it("takes a signal that comes twice at once for one", async () => {
    const hook = await publish(30_000);
    let answer: () => void = () => {};
    upstream.next({
      after: new Promise<void>((resolve) => {
        answer = resolve;
      }),
    });
    const waiting = post(`${server.url}/hooks/${hook.hook}`, sign(hook.secret, "1", {}));
    await upstream.received(1);
    process.kill(server.pid, "SIGINT");
    process.kill(server.pid, "SIGTERM");
    // Refused: both have been taken.
    await expect
      .poll(() => post(`${server.url}/livez`, { headers: {}, body: "" }).catch(({ code }) => code))
      .toBe("ECONNREFUSED");
    answer();
    expect(await waiting).toMatchObject({ status: 200, text: '{"answered":true}' });
    await server.end("SIGINT");
  });

  it("ends at once for whoever insists", async () => {
    const hook = await publish(30_000);
    upstream.always({ hang: true });
    const waiting = post(`${server.url}/hooks/${hook.hook}`, sign(hook.secret, "1", {})).catch(({ code }) => code);
    await upstream.received(1);
    const began = performance.now();
    const insisting = setInterval(() => process.kill(server.pid, "SIGINT"), 100);
    expect(await waiting).toBe("ECONNRESET");
    clearInterval(insisting);
    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
