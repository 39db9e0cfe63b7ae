import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import type { Json } from "../../shared/json.ts";
import { type Answer, ask, deliver, sendRaw } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import { signedHeaders, type TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { createHook } from "./create-hook.ts";

const requestId = /^req_[0-9a-f]{32}$/;
const ids = { event: expect.stringMatching(/^evt_[0-9a-f]{32}$/), run: expect.stringMatching(/^run_[0-9a-f]{32}$/) };
const maxBodyBytes = 2_048;

let server: TestServer;
let person: TestPerson;
let hook: TestHook;
let stored: { events: number; runs: number };

beforeAll(async () => {
  server = await startTestServer({ maxBodyBytes });
  person = await server.addPerson();
  hook = await server.publish({
    workspace: person.workspace,
    nodes: [node.transform("shape", "{{trigger.body}}")],
    edges: ["event -> shape"],
  });
});
beforeEach(async () => {
  stored = await count();
});
afterAll(() => server.close());

describe("an accepted delivery", () => {
  it("is answered with the ids of its event and its run, which are on disk", async () => {
    const body = '{ "name":  "Mira" }';
    const answer = await deliver(server, hook, { id: "first", body, query: "?source=form" });
    expect(answer).toMatchObject({ status: 200, json: ids, headers: { "content-type": "application/json" } });
    expect(answer.headers).toMatchObject({
      "x-request-id": expect.stringMatching(requestId),
      "x-patchbay-event": field(answer, "event"),
      "x-patchbay-run": field(answer, "run"),
    });
    const [event] = await server.pair.sql.read<{ body: Uint8Array; query: string; headers: string }>(
      "SELECT body, query, headers FROM events WHERE id = $1",
      [field(answer, "event")],
    );
    expect(Buffer.from(event?.body ?? []).toString()).toBe(body);
    expect(JSON.parse(event?.query ?? "")).toEqual({ source: "form" });
    expect(await server.reaches(field(answer, "run"))).toBe("succeeded");
  });

  it("is answered with the status that its hook says", async () => {
    const quiet = await server.publish({ workspace: person.workspace, nodes: [], edges: [], answer: { status: 204 } });
    const answer = await deliver(server, quiet, { id: "quiet" });
    expect(answer).toMatchObject({ status: 204, text: "", headers: { "x-patchbay-event": expect.stringMatching(/^evt_/) } });
  });

  it("keeps neither the signature nor other credentials among the headers of its event", async () => {
    const headers = { Authorization: "Bearer credential-1", Cookie: "session=credential-2", "X-Api-Key": "credential-3" };
    const answer = await deliver(server, hook, { id: "masked", headers: { ...headers, "X-Plain": "plain" } });
    const [event] = await server.pair.sql.read<{ headers: string }>("SELECT headers FROM events WHERE id = $1", [
      field(answer, "event"),
    ]);
    const signature = signedHeaders(hook.secret, "masked", "{}", server.clock())["X-Patchbay-Signature"];
    expect(event?.headers).toContain("plain");
    for (const value of ["credential-", signature.slice(3)]) expect(event?.headers).not.toContain(value);
  });
});

describe("a delivery that cannot be verified", () => {
  const signed = (id: string, body = "{}", now = server.clock()) => signedHeaders(hook.secret, id, body, now);
  const cases: [string, () => Record<string, string | string[]>, string][] = [
    ["a wrong secret", () => signedHeaders("another secret", "x", "{}", server.clock()), "signature_mismatch"],
    ["a changed body", () => signed("x", "{ }"), "signature_mismatch"],
    ["another id", () => ({ ...signed("x"), "X-Patchbay-Id": "y" }), "signature_mismatch"],
    ["no signature", () => without("X-Patchbay-Signature"), "missing_header"],
    ["an empty signature", () => ({ ...signed("x"), "X-Patchbay-Signature": "" }), "missing_header"],
    ["only the prefix", () => ({ ...signed("x"), "X-Patchbay-Signature": "v1=" }), "bad_encoding"],
    ["another prefix", () => ({ ...signed("x"), "X-Patchbay-Signature": "v0=00" }), "bad_prefix"],
    ["one byte of a signature", () => ({ ...signed("x"), "X-Patchbay-Signature": "v1=00" }), "bad_encoding"],
    ["a signature of 5 KB", () => ({ ...signed("x"), "X-Patchbay-Signature": `v1=${"0".repeat(5_000)}` }), "header_too_long"],
    ["two signatures", () => ({ ...signed("x"), "X-Patchbay-Signature": ["v1=00", "v1=00"] }), "duplicate_header"],
    ["no timestamp", () => without("X-Patchbay-Timestamp"), "missing_header"],
    ["no id", () => without("X-Patchbay-Id"), "missing_header"],
    ["a timestamp that is no number", () => ({ ...signed("x"), "X-Patchbay-Timestamp": "NaN" }), "bad_timestamp"],
    ["a timestamp of 301 s ago", () => signed("x", "{}", server.clock() - 301_000), "timestamp_too_old"],
    ["a timestamp in 302 s", () => signed("x", "{}", server.clock() + 302_000), "timestamp_in_future"],
  ];
  const without = (name: string) => Object.fromEntries(Object.entries(signed("x")).filter(([key]) => key !== name));

  it.each(cases)("%s: gets the constant body, and leaves a reason for the operator only", async (_, headers, reason) => {
    const url = `${server.url}/hooks/${hook.hook}`;
    const answer = await ask(url, { method: "POST", headers: headers(), body: "{}" });
    expect(answer).toMatchObject({ status: 401, text: '{"error":{"code":"verification_failed"}}' });
    const { "x-request-id": id, date: _date, ...rest } = answer.headers;
    expect(rest).toEqual({
      "content-type": "application/json",
      "content-length": String(answer.text.length),
      connection: "close",
    });
    const [refusal] = server.refusals.list(person.workspace);
    expect(refusal).toMatchObject({ id, reason, hook: hook.hook, size: 2, remoteAddress: "127.0.0.1" });
    expect(refusal?.explanation.length).toBeGreaterThan(20);
    expect(JSON.stringify(refusal)).not.toMatch(new RegExp(`${hook.secret}|[0-9a-f]{64}|0{100}`));
    expect(await count()).toEqual(stored);
  });

  it("is refused when it is signed for another hook", async () => {
    const other = await server.publish({ workspace: person.workspace, nodes: [], edges: [] });
    expect(await deliver(server, { ...other, secret: hook.secret }, { id: "x" })).toMatchObject({ status: 401 });
    expect(await count()).toEqual(stored);
  });
});

describe("a sender that lies or floods", () => {
  it("I6: is known by its connection, whatever it says about forwarding", async () => {
    const headers = { "X-Forwarded-For": "203.0.113.7", Forwarded: "for=203.0.113.7", "X-Real-IP": "203.0.113.7" };
    expect(await deliver(server, { ...hook, secret: "another" }, { id: "x", headers })).toMatchObject({ status: 401 });
    expect(server.refusals.list(person.workspace)[0]?.remoteAddress).toBe("127.0.0.1");
  });

  it("S16: is verified over the configured URL, whatever it says about the host that it was sent to", async () => {
    const recipe = SignatureRecipe.parse({
      ...{ kind: "hmac", algorithm: "sha256", encoding: "hex", signature: { places: [{ in: "header", name: "X-Sig" }] } },
      signedContent: [{ part: "url" }, { part: "body" }],
    });
    const { hook: id, secret } = await server.publish({ workspace: person.workspace, nodes: [], edges: [], recipe });
    const send = (origin: string) => {
      const signature = createHmac("sha256", secret).update(`${origin}/hooks/${id}?a=b{}`).digest("hex");
      const elsewhere = { "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", Forwarded: "host=evil.example" };
      const headers = { Host: "evil.example", ...elsewhere, "X-Sig": signature };
      return ask(`${server.url}/hooks/${id}?a=b`, { method: "POST", headers, body: "{}" });
    };
    for (const forged of ["https://evil.example", "http://evil.example", server.url])
      expect(await send(forged)).toMatchObject({ status: 401 });
    expect(await send("http://patchbay.example")).toMatchObject({ status: 200 });
  });

  it("I7: is cut off at its own hook alone, and only for a moment", async () => {
    const flooded = await server.publish({ workspace: person.workspace, nodes: [], edges: [] });
    server.advance(1_000);
    const one = `POST /hooks/${flooded.hook} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n`;
    const flood = async (count: number) => {
      const answers = await sendRaw(server.url, `${`${one}\r\n{}`.repeat(count - 1)}${one}Connection: close\r\n\r\n{}`);
      return [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    };
    expect(await flood(50)).toEqual(Array(50).fill("401"));
    expect(await flood(10)).toEqual(Array(10).fill("503"));
    // Not "too many requests": some senders never send again what was answered 4xx.
    expect(await deliver(server, flooded, { id: "genuine" })).toMatchObject({ status: 503, headers: { "retry-after": "2" } });
    expect(await deliver(server, hook, { id: "beside-the-flood" })).toMatchObject({ status: 200 });
    expect(server.refusals.list(person.workspace).length).toBeLessThanOrEqual(200);
    server.advance(100);
    expect(await deliver(server, flooded, { id: "genuine" })).toMatchObject({ status: 200 });
  });

  it("I12: gets its duplicate when the answer was lost with the process, and there is one run", async () => {
    const lost = await server.publish({ workspace: person.workspace, nodes: [], edges: [] });
    const headers = Object.entries(signedHeaders(lost.secret, "lost", "{}", server.clock())).map((pair) => pair.join(": "));
    const told = new Promise<void>(
      (resolve) => void server.pair.bus.subscribe("event", ({ flow }) => flow === lost.flow && resolve()),
    );
    const lines = [`POST /hooks/${lost.hook} HTTP/1.1`, "Host: localhost", "Content-Length: 2", ...headers, "", "{}"];
    await sendRaw(server.url, lines.join("\r\n"), { cut: true });
    await told;
    await server.restart();
    expect(await deliver(server, lost, { id: "lost" })).toMatchObject({ status: 200, json: { duplicate: true } });
    const [runs] = await server.pair.sql.read<{ n: number }>("SELECT count(*) AS n FROM runs WHERE flow_id = $1", [lost.flow]);
    expect(runs?.n).toBe(1);
  });

  it.each(["/api/v1/events/..%2f..%2f..%2fetc%2fpasswd", "/api/v1/refusals/..%2f..%2fetc%2fpasswd"])(
    "I5: finds no file at %s",
    async (path) => {
      const lines = [`GET ${path} HTTP/1.1`, "Host: localhost", `Cookie: ${person.cookie}`, "Connection: close", "", ""];
      const answer = await sendRaw(server.url, lines.join("\r\n"));
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).not.toContain("root:");
    },
  );
});

describe("an address that is none", () => {
  const addresses: [string, (id: string) => string][] = [
    ["an id that nobody has", () => `/hooks/hook_${"A".repeat(27)}`],
    ["the id in upper case", (id) => `/hooks/${id.toUpperCase()}`],
    ["the id with its case swapped", (id) => `/hooks/hook_${swapCase(id.slice(5))}`],
    ["no id", () => "/hooks/"],
    ["nothing behind hooks", () => "/hooks"],
    ["a slash at the end", (id) => `/hooks/${id}/`],
    ["a dot at the end", (id) => `/hooks/${id}.`],
    ["a part more", (id) => `/hooks/${id}/more`],
    ["two slashes", (id) => `/hooks//${id}`],
    ["a dotted way to it", (id) => `/hooks/x/../${id}`],
    ["an encoded dotted way to it", (id) => `/hooks/x/%2e%2e/${id}`],
    ["an encoded slash", (id) => `/hooks/x%2f..%2f${id}`],
    ["an encoded letter", (id) => `/hooks/%68${id.slice(1)}`],
    ["an encoded letter, twice", (id) => `/hooks/%2568${id.slice(1)}`],
    ["an encoded NUL behind it", (id) => `/hooks/${id}%00`],
    ["a look-alike letter", (id) => `/hooks/%D2%BB${id.slice(1)}`],
    ["an encoding of nothing", () => "/hooks/%E0%A4%A"],
    ["hooks in upper case", (id) => `/HOOKS/${id}`],
    ["the other way to hooks", (id) => `/x/../hooks/${id}`],
  ];

  it.each(addresses)("I3, I4: is not found: %s", async (_, address) => {
    const body = "{}";
    const headers = Object.entries(signedHeaders(hook.secret, "nowhere", body, server.clock()));
    const lines = [`POST ${address(hook.hook)} HTTP/1.1`, "Host: localhost", "Connection: close", "Content-Length: 2"];
    const answer = await sendRaw(server.url, [...lines, ...headers.map((pair) => pair.join(": ")), "", body].join("\r\n"));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toMatch(/^x-request-id: req_[0-9a-f]{32}\r$/im);
    expect(await count()).toEqual(stored);
  });

  it("I1, I3: gets no further than the parser with a NUL or with two ways to say where the body ends", async () => {
    const both = "Content-Length: 2\r\nTransfer-Encoding: chunked";
    for (const [path, headers] of [
      [`/hooks/${hook.hook}\0`, "Content-Length: 2"],
      [`/hooks/${hook.hook}`, both],
      [`/hooks/${hook.hook}`, "Content-Length: 2\r\nContent-Length: 3"],
    ])
      expect(await sendRaw(server.url, `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n{}`)).toMatch(
        /^HTTP\/1\.1 400 /,
      );
    expect(await count()).toEqual(stored);
  });
});

describe("a method that is not POST", () => {
  it.each(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])(
    "I10: %s is told the one that is allowed",
    async (method) => {
      const headers = { Origin: "https://elsewhere.example", "Access-Control-Request-Method": "POST" };
      const answer = await ask(`${server.url}/hooks/${hook.hook}`, { method, headers });
      expect(answer).toMatchObject({ status: 405, headers: { allow: "POST", "x-request-id": expect.stringMatching(requestId) } });
      expect(answer.text).toBe(method === "HEAD" ? "" : '{"error":{"code":"method_not_allowed"}}');
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    },
  );
});

describe("what is looked at first", () => {
  const tooLong = "x".repeat(maxBodyBytes + 1);
  const nobody = `hook_${"A".repeat(27)}`;

  it.each<[string, string, Record<string, string>, string, number, string]>([
    ["the address before the size", "/hooks/nothing", {}, tooLong, 404, "not_found"],
    ["the size before the hook", `/hooks/${nobody}`, {}, tooLong, 413, "body_too_large"],
    ["the hook before the encoding", `/hooks/${nobody}`, { "Content-Encoding": "gzip" }, "{}", 404, "not_found"],
    ["the encoding before the signature (I2)", "", { "Content-Encoding": "gzip" }, "{}", 415, "content_encoding_not_supported"],
  ])("is %s", async (_, path, headers, body, status, code) => {
    const answer = await ask(`${server.url}${path || `/hooks/${hook.hook}`}`, { method: "POST", headers, body });
    expect(answer).toMatchObject({ status, text: `{"error":{"code":"${code}"}}` });
    expect(answer.headers["x-request-id"]).toMatch(requestId);
    expect(await count()).toEqual(stored);
  });

  it("is whether the hook has a secret, before the signature: without one nothing is ever accepted", async () => {
    const { sql } = server.pair;
    const recipe = await sql.read<{ recipe: string }>("SELECT recipe FROM hooks WHERE id = $1", [hook.hook]);
    const bare = await createHook(
      { sql, clock: server.clock },
      {
        workspace: person.workspace,
        flow: hook.flow,
        node: "other-event",
        recipe: JSON.parse(recipe[0]?.recipe ?? ""),
        answer: { status: 200, answerWithinMs: 0 },
      },
    );
    for (const secret of ["", hook.secret]) {
      const answer = await deliver(server, { flow: hook.flow, hook: bare, secret }, { id: "x" });
      expect(answer).toMatchObject({ status: 503, text: '{"error":{"code":"secret_missing"}}', headers: { "retry-after": "2" } });
    }
    expect(server.refusals.list(person.workspace)[0]).toMatchObject({ hook: bare, reason: "secret_missing" });
    expect(await count()).toEqual(stored);
  });
});

async function count(): Promise<{ events: number; runs: number }> {
  const [row] = await server.pair.sql.read<{ events: number; runs: number }>(
    "SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM runs) AS runs",
  );
  return row ?? { events: -1, runs: -1 };
}

function field({ json }: Answer, name: "event" | "run"): string {
  return String((json as Record<string, Json>)[name]);
}

function swapCase(text: string): string {
  return [...text].map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())).join("");
}
