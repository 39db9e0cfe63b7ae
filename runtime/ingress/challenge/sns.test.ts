import { sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { providers } from "../../../shared/event/providers/providers.ts";
import type { FetchedFile } from "../../outbound/fetch-file.ts";
import { testCertificate } from "../../testing/test-certificate.ts";
import { type Answer, ask } from "../../testing/test-client.ts";
import type { TestHook } from "../../testing/test-hook.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";

const certificateUrl = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem";
const confirmUrl = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc";

let server: TestServer;
let hook: TestHook;
let fetched: string[];
let files: Record<string, FetchedFile>;

beforeAll(async () => {
  server = await startTestServer({
    fetchFile: async (url) => {
      fetched.push(url);
      return files[url] ?? { outcome: "refused", message: "nothing is there" };
    },
  });
});
afterAll(() => server.close());
beforeEach(async () => {
  // Certificates are kept for an hour, and failures for ten seconds.
  server.advance(3_700_000);
  fetched = [];
  files = {
    [certificateUrl]: { outcome: "fetched", bytes: Buffer.from(testCertificate.certificate) },
    [confirmUrl]: { outcome: "fetched", bytes: Buffer.from("<ConfirmSubscriptionResponse/>") },
  };
  const sns = providers.find(({ key }) => key === "aws-sns");
  if (!sns) return expect.unreachable();
  const { workspace } = await server.addPerson();
  hook = await server.publish({ workspace, nodes: [], edges: [], recipe: sns.recipe, challenges: sns.challenges, secret: false });
});

/** Signed as the documents of SNS say, `SignatureVersion` 2: the names and values in order, each followed by a line feed. */
function send(message: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
  const all = { TopicArn: "arn:aws:sns:eu-west-1:1:topic", Timestamp: new Date(server.clock()).toISOString(), ...message };
  const signed = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"].flatMap((name) => {
    const value = (all as Record<string, string>)[name];
    return value === undefined ? [] : [`${name}\n${value}\n`];
  });
  const signature = sign("sha256", Buffer.from(signed.join("")), testCertificate.privateKey).toString("base64");
  const body = JSON.stringify({ SigningCertURL: certificateUrl, Signature: signature, SignatureVersion: "2", ...all });
  const sent = { "x-amz-sns-message-type": message.Type ?? "", "Content-Type": "text/plain; charset=UTF-8", ...headers };
  return ask(`${server.url}/hooks/${hook.hook}`, { method: "POST", headers: sent, body });
}

const confirmation = { Type: "SubscriptionConfirmation", MessageId: "c", Token: "abc", Message: "m", SubscribeURL: confirmUrl };
const notification = { Type: "Notification", MessageId: "n", Message: "hello" };

it("a subscription that Amazon's certificate signed is confirmed, and its notifications become events", async () => {
  expect(await send(confirmation)).toMatchObject({ status: 200, text: "" });
  expect(fetched).toEqual([certificateUrl, confirmUrl]);
  const steps = await server.pair.sql.read(`SELECT step FROM subscription_steps WHERE hook_id = $1`, [hook.hook]);
  expect(steps).toEqual([{ step: "challenge-answered" }]);
  expect(await send(notification)).toMatchObject({ status: 200, json: { event: expect.any(String) } });
  expect(await send(notification)).toMatchObject({ json: { duplicate: true } });
  // The certificate was fetched once.
  expect(fetched).toHaveLength(2);
  const events = await server.pair.sql.read(`SELECT event_type AS type FROM events WHERE hook_id = $1`, [hook.hook]);
  expect(events).toEqual([{ type: "Notification" }]);
});

it.each([
  ["a signature of another content", { Signature: "AAAA" }, 401, [certificateUrl]],
  ["a certificate on another host", { SigningCertURL: "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem" }, 401, []],
  ["a confirmation on another host", { SubscribeURL: "https://evil.example/?Token=abc" }, 400, [certificateUrl]],
])("nothing is confirmed for %s", async (_, change, status, asked) => {
  expect((await send({ ...confirmation, ...change })).status).toBe(status);
  expect(fetched).toEqual(asked);
});

it("it should come again while certificate or confirmation cannot be fetched", async () => {
  files = {};
  expect((await send(notification)).status).toBe(503);
  expect((await send(confirmation)).status).toBe(503);
  server.advance(11_000);
  files = { [certificateUrl]: { outcome: "fetched", bytes: Buffer.from(testCertificate.certificate) } };
  expect((await send(confirmation)).status).toBe(503);
  expect(fetched).toEqual([certificateUrl, certificateUrl, confirmUrl]);
});
