import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ChallengeRecipe } from "../../shared/event/challenge-recipe.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { type Answer, type Ask, ask, deliver } from "../testing/test-client.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let person: TestPerson;

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
});
beforeEach(() => server.advance(60_000));
afterAll(() => server.close());

function publish(more: Partial<Parameters<TestServer["publish"]>[0]>): Promise<TestHook> {
  return server.publish({ workspace: person.workspace, nodes: [], edges: [], ...more });
}

function send({ hook }: TestHook, path: string, options: Ask = {}): Promise<Answer> {
  return ask(`${server.url}/hooks/${hook}${path}`, options);
}

const query = (name: string) => ({ in: "query", name }) as const;
const rawBody = SignatureRecipe.parse({
  kind: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { places: [{ in: "header", name: "X-Signature" }] },
  signedContent: [{ part: "body" }],
});
const computed = {
  name: "check",
  when: { method: "GET", match: [{ at: query("crc_token") }] },
  precheck: { kind: "none" },
  respond: { body: { as: "text", value: { from: "hmac", of: query("crc_token"), algorithm: "sha256", encoding: "hex" } } },
};

describe("an answer that a connector describes", () => {
  it("is never a page of our origin", async () => {
    const hook = await publish({
      recipe: SignatureRecipe.parse({ kind: "url-secret" }),
      secret: false,
      answer: { body: { contentType: "text/html", text: "<script>fetch('/api/v1/people')</script>" } },
    });
    const answer = await send(hook, "", { method: "POST", body: "a=1" });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("<script>") });
    expect(answer.headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
  });

  it.each(["Set-Cookie", "content-security-policy", "Access-Control-Allow-Origin", "Refresh", "Content-Type"])(
    "cannot set %s for our origin",
    (name) => {
      const respond = { headers: [{ name, value: { from: "request", at: query("crc_token") } }], body: { as: "empty" } };
      expect(ChallengeRecipe.safeParse({ ...computed, respond }).error?.issues[0]?.path).toEqual([
        "respond",
        "headers",
        0,
        "name",
      ]);
    },
  );
});

describe("the HMAC of an unsigned challenge", () => {
  it.each(["12345678", "true____", "1234567890_abc-Z"])("opens no door as the signature of the body %s", async (content) => {
    const hook = await publish({ recipe: rawBody, challenges: [ChallengeRecipe.parse(computed)] });
    const { status, text } = await send(hook, `?crc_token=${content}`);
    expect({ status, text }).toEqual({ status: 200, text: createHmac("sha256", hook.secret).update(content).digest("hex") });
    expect(await send(hook, "", { method: "POST", headers: { "X-Signature": text }, body: content })).toMatchObject({
      status: 401,
    });
    // What a provider really sends is taken as ever.
    const signature = createHmac("sha256", hook.secret).update("{}").digest("hex");
    expect(await send(hook, "", { method: "POST", headers: { "X-Signature": signature }, body: "{}" })).toMatchObject({
      status: 200,
    });
  });

  it("is not given where the signature leaves the body open", async () => {
    const recipe = SignatureRecipe.parse({
      ...rawBody,
      signedContent: [{ part: "value", path: "token" }],
      partial: true,
    });
    const hook = await publish({ recipe, challenges: [ChallengeRecipe.parse(computed)] });
    const answer = await send(hook, "?crc_token=12345678");
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(createHmac("sha256", hook.secret).update("12345678").digest("hex"));
  });
});

describe("whoever knows a URL and no secret", () => {
  it("cannot use up the answers to the provider's signed challenges, nor fill the history", async () => {
    const signed = {
      ...computed,
      when: { method: "POST", match: [{ at: { in: "body", path: "type" }, equals: "check" }] },
      precheck: { kind: "signature" },
      respond: { body: { as: "text", value: { from: "text", text: "here" } } },
    };
    const hook = await publish({ challenges: [ChallengeRecipe.parse(signed)] });
    const body = '{"type":"check"}';
    for (let index = 0; index < 15; index += 1) expect((await send(hook, "", { method: "POST", body })).status).toBe(401);
    expect(await deliver(server, hook, { id: "1", body })).toMatchObject({ status: 200, text: "here" });
    const steps = await server.pair.sql.read(`SELECT step FROM subscription_steps WHERE hook_id = $1`, [hook.hook]);
    expect(steps).toHaveLength(11);
  });
});

describe("a token inside the body", () => {
  it("is shown to nobody, neither with what was refused nor with an event", async () => {
    const recipe = SignatureRecipe.parse({
      kind: "token",
      signature: { places: [{ in: "body", path: "clientState" }] },
      batch: { path: "value" },
    });
    const hook = await publish({ recipe });
    const post = (value: unknown) =>
      send(hook, "?why=not", { method: "POST", body: JSON.stringify({ clientState: hook.secret, value }) });
    const bad = await post("no list");
    expect(bad).toMatchObject({ status: 422 });
    const good = await post([{ id: 1, clientState: hook.secret }]);
    const [event] = (good.json as { events: string[] }).events;
    const headers = { Cookie: person.cookie };
    for (const path of [`/refusals/${bad.headers["x-request-id"]}`, `/events/${event}`]) {
      const { status, text } = await ask(`${server.url}/api/v1${path}`, { headers });
      expect(status).toBe(200);
      expect(text).toContain("clientState");
      expect(text).not.toContain(hook.secret);
    }
  });
});
