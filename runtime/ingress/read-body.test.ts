import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, deliver, sendRaw } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import { signedHeaders, type TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

const maxBodyBytes = 2_048;
const tooLarge = { status: 413, text: '{"error":{"code":"body_too_large"}}' };

let server: TestServer;
let hook: TestHook;

beforeEach(async () => {
  server = await startTestServer({ maxBodyBytes });
  const { workspace } = await server.addPerson();
  const nodes = [node.transform("shape", "{{trigger.body}}")];
  hook = await server.publish({ workspace, nodes, edges: ["event -> shape"] });
});
afterEach(() => server.close());

describe("a body", () => {
  it("may be as long as the limit, byte for byte", async () => {
    const body = Buffer.alloc(maxBodyBytes, "x");
    expect(await deliver(server, hook, { id: "full", body })).toMatchObject({ status: 200 });
    expect(await storedBodies()).toEqual([body]);
  });

  it("may be empty", async () => {
    expect(await deliver(server, hook, { id: "empty", body: "" })).toMatchObject({ status: 200 });
    expect(await storedBodies()).toEqual([Buffer.alloc(0)]);
  });

  it("may come in many pieces, without a length", async () => {
    const body = Buffer.from(JSON.stringify({ text: "é".repeat(200) }));
    const headers = { ...signedHeaders(hook.secret, "pieces", body, server.clock()) };
    const chunks = [...body].map((byte) => Buffer.of(byte));
    expect(await ask(url(), { method: "POST", headers, chunks })).toMatchObject({ status: 200 });
    expect(await storedBodies()).toEqual([body]);
  });

  it("is refused by its announced length before any of it is sent, and the connection ends", async () => {
    const head = `POST /hooks/${hook.hook} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${maxBodyBytes + 1}\r\n\r\n`;
    const answer = await sendRaw(server.url, head);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(await storedBodies()).toEqual([]);
  });

  it("is counted on the stream to the last byte when nothing was announced", async () => {
    for (const [length, status] of [
      [maxBodyBytes, 200],
      [maxBodyBytes + 1, 413],
    ] as const) {
      const body = Buffer.alloc(length, "x");
      const headers = { ...signedHeaders(hook.secret, `counted-${length}`, body, server.clock()) };
      const chunks = [body.subarray(0, 1_000), body.subarray(1_000, -1), body.subarray(-1)];
      expect(await ask(url(), { method: "POST", headers, chunks })).toMatchObject({ status });
    }
    expect(await storedBodies()).toEqual([Buffer.alloc(maxBodyBytes, "x")]);
  });

  it("I1: is refused on the stream when nothing was announced, long before its end", async () => {
    let sent = 0;
    const endless = function* () {
      while (sent < 1_000) {
        sent += 1;
        yield Buffer.alloc(1_024);
      }
    };
    const headers = { ...signedHeaders(hook.secret, "endless", "", server.clock()) };
    const answer = await ask(url(), { method: "POST", headers, chunks: endless() });
    expect(answer).toMatchObject(tooLarge);
    expect(await storedBodies()).toEqual([]);
  });

  it("I1: that is shorter than announced is not stored when its sender hangs up", async () => {
    const body = '{"half":';
    const headers = Object.entries(signedHeaders(hook.secret, "half", body, server.clock())).map((pair) => pair.join(": "));
    const head = [`POST /hooks/${hook.hook} HTTP/1.1`, "Host: localhost", "Content-Length: 100", ...headers, "", body];
    expect(await sendRaw(server.url, head.join("\r\n"), { cut: true })).toBe("");
    await server.quiet();
    expect(await storedBodies()).toEqual([]);
    expect(server.faults).toEqual([]);
    // The same id is taken when it comes whole.
    const whole = await deliver(server, hook, { id: "half", body });
    expect(whole).toMatchObject({ status: 200, json: { event: expect.stringMatching(/^evt_/) } });
    expect(whole.json).not.toHaveProperty("duplicate");
    expect(await storedBodies()).toEqual([Buffer.from(body)]);
  });

  it("that is longer than announced counts as far as it was announced at most, and the connection ends", async () => {
    const body = "{}";
    const headers = Object.entries(signedHeaders(hook.secret, "more", body, server.clock())).map((pair) => pair.join(": "));
    const head = [
      `POST /hooks/${hook.hook} HTTP/1.1`,
      "Host: localhost",
      "Content-Length: 2",
      ...headers,
      "",
      `${body}{"more":1}\r\n\r\n`,
    ];
    const answers = await sendRaw(server.url, head.join("\r\n"));
    expect(answers).toMatch(/^HTTP\/1\.1 400 /m);
    for (const stored of await storedBodies()) expect(stored).toEqual(Buffer.from(body));
  });
});

function url(): string {
  return `${server.url}/hooks/${hook.hook}`;
}

async function storedBodies(): Promise<Buffer[]> {
  const rows = await server.pair.sql.read<{ body: Uint8Array }>("SELECT body FROM events ORDER BY id");
  return rows.map(({ body }) => Buffer.from(body));
}
