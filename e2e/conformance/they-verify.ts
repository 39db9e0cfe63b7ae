import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { testCertificate } from "../../runtime/testing/test-certificate.ts";
import { byRecipe, jsonBody, post, type Signer, url } from "./signed-request.ts";
import { vendor } from "./vendor.ts";

const plain: [string, string] = ["It's a Secret to Everybody", "another secret"];
const pairs = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();

/** Key pairs by name, since a signer's secrets are texts. */
function pair(name: string) {
  const kind =
    name.split(" ")[0] === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const known = pairs.get(name) ?? kind;
  pairs.set(name, known);
  return known;
}
const spki = (name: string) => pair(name).publicKey.export({ format: "der", type: "spki" });
const raw = (name: string) => spki(name).subarray(12);

/** An HMAC provider whose package verifies what our signer makes of its recipe. */
function hmac(
  provider: string,
  accepts: NonNullable<Signer["accepts"]>,
  body: Signer["body"] = jsonBody,
  secrets = plain,
): Signer {
  return { provider, secrets, body, sign: (input) => byRecipe(provider, input, input.secret), accepts };
}

type Slack = { isValidSlackRequest(options: object): boolean };
type Square = { WebhooksHelper: { verifySignature(options: object): Promise<boolean> } };
type Discord = { verifyKey(body: string, signature: string, time: string, key: string): Promise<boolean> };
type Telnyx = { TelnyxWebhook: new (key: string) => { verify(body: string, headers: object): Promise<void> } };
type SendGrid = {
  EventWebhook: new () => {
    convertPublicKeyToECDSA(key: string): object;
    verifySignature(key: object, body: string, signature: string, time: string): boolean;
  };
};
type Mux = {
  Webhooks: new (client: object) => { verifySignature(body: string, headers: object, secret: string): Promise<void> };
};
type Onfido = { WebhookEventVerifier: new (token: string) => { readPayload(body: string, signature: string): object } };
type Razorpay = { validateWebhookSignature(body: string, signature: string, secret: string): boolean };
type GoCardless = { verifySignature(body: string, secret: string, signature: string): void };
type Coinbase = { verifySigHeader(body: string, signature: string, secret: string): boolean };
type Paddle = {
  Paddle: new (
    key: string,
  ) => { webhooks: { isSignatureValid(body: string, secret: string, signature: string): Promise<boolean> } };
};
type WorkOs = { WorkOS: new (key: string) => { webhooks: { constructEvent(input: object): Promise<object> } } };
type EasyPost = new (key: string) => { Utils: { validateWebhook(body: Buffer, headers: object, secret: string): object } };
type Shopify = { validateHmacString(config: object, data: string, hmac: string, format: string): Promise<boolean> };
type Line = { default(body: string, secret: string, signature: string): boolean };
type Linear = { LinearWebhookClient: new (secret: string) => { verify(body: Buffer, signature: string): boolean } };
type LiveKit = {
  WebhookReceiver: new (key: string, secret: string) => { receive(body: string, header: string): Promise<object> };
};
type Sns = new () => { validate(message: object, done: (error: Error | null) => void): void };

const slack = vendor<Slack>("@slack/bolt/dist/receivers/verify-request.js");
const square = vendor<Square>("square/wrapper/WebhooksHelper.js");
const discord = vendor<Discord>("discord-interactions/dist/index.js");
const { TelnyxWebhook } = vendor<Telnyx>("telnyx/lib/webhooks.js");
const sendgrid = new (vendor<SendGrid>("@sendgrid/eventwebhook/src/eventwebhook.js").EventWebhook)();
const mux = new (vendor<Mux>("@mux/mux-node/resources/webhooks/webhooks.js").Webhooks)({});
const { WebhookEventVerifier } = vendor<Onfido>("@onfido/api/dist/webhook-event-verifier.js");
const razorpay = vendor<Razorpay>("razorpay/dist/utils/razorpay-utils.js");
const gocardless = vendor<GoCardless>("gocardless-nodejs/cjs/webhooks.js");
const coinbase = vendor<Coinbase>("coinbase-commerce-node/lib/Webhook.js");
const paddle = new (vendor<Paddle>("@paddle/paddle-node-sdk/dist/cjs/index.cjs.node.js").Paddle)("key");
const workos = new (vendor<WorkOs>("@workos-inc/node/lib/index.cjs").WorkOS)("sk_test");
const easypost = new (vendor<EasyPost>("@easypost/api/dist/easypost.js"))("key");
vendor("@shopify/shopify-api/dist/cjs/adapters/node/index.js");
const shopify = vendor<Shopify>("@shopify/shopify-api/dist/cjs/lib/utils/hmac-validator.js");
const line = vendor<Line>("@line/bot-sdk/dist/validate-signature.js");
const { LinearWebhookClient } = vendor<Linear>("@linear/sdk/dist/webhooks/index.mjs");
const { WebhookReceiver } = vendor<LiveKit>("livekit-server-sdk/dist/WebhookReceiver.cjs");
const SnsValidator = vendor<Sns>("sns-validator/index.js");

const certUrl = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem";

/** The message as Amazon signs it, in the order of its fields' names. */
function snsMessage({ at, id, algorithm }: { at: number; id: string; algorithm: "sha1" | "sha256" }): string {
  const message: Record<string, string> = {
    Message: `{"name":"Zoë"}\n`,
    MessageId: id,
    Subject: "A subject",
    Timestamp: new Date(at).toISOString(),
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:topic",
    Type: "Notification",
  };
  const content = Object.entries(message)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join("");
  const signature = sign(algorithm, Buffer.from(content), testCertificate.privateKey).toString("base64");
  return JSON.stringify({
    ...message,
    SignatureVersion: algorithm === "sha1" ? "1" : "2",
    Signature: signature,
    SigningCertURL: certUrl,
  });
}

/** Amazon's validator fetches the certificate; here it is given the one of the tests. */
function snsAccepts(body: string): Promise<void> {
  const https = createRequire(import.meta.url)("node:https") as { get: unknown };
  const { get } = https;
  https.get = (_: string, done: (answer: EventEmitter) => void) => {
    const answer = Object.assign(new EventEmitter(), { statusCode: 200 });
    done(answer);
    answer.emit("data", testCertificate.certificate);
    answer.emit("end");
    return new EventEmitter();
  };
  return new Promise<void>((resolve, reject) => {
    new SnsValidator().validate(JSON.parse(body), (error) => (error ? reject(error) : resolve()));
  }).finally(() => {
    https.get = get;
  });
}

function sns(provider: string, algorithm: "sha1" | "sha256"): Signer {
  return {
    provider,
    secrets: ["", ""],
    certificate: testCertificate.certificate,
    body: (input) => snsMessage({ ...input, algorithm }),
    sign: ({ body }) => post(body, { "x-amz-sns-message-type": "Notification" }),
    accepts: ({ body }) => snsAccepts(body),
  };
}

/** Providers whose packages verify: what we sign by the recipe they must accept, and nothing else. */
export const theyVerify: Signer[] = [
  hmac(
    "slack",
    ({ headers, body }, signingSecret) => {
      const sent = { ...headers, "x-slack-request-timestamp": Number(headers["x-slack-request-timestamp"]) };
      return slack.isValidSlackRequest({ signingSecret, body, headers: sent });
    },
    ({ id }) => JSON.stringify({ event_id: id, event: { type: "message" } }),
  ),
  hmac(
    "square",
    ({ headers, body }, signatureKey) =>
      square.WebhooksHelper.verifySignature({
        requestBody: body,
        signatureHeader: headers["x-square-hmacsha256-signature"],
        signatureKey,
        notificationUrl: url,
      }),
    ({ id }) => JSON.stringify({ event_id: id, name: "Zoe" }),
  ),
  hmac("shopify", ({ headers, body }, secret) =>
    shopify.validateHmacString({ apiSecretKey: secret }, body, headers["x-shopify-hmac-sha256"] ?? "", "base64"),
  ),
  hmac(
    "line",
    ({ headers, body }, secret) => line.default(body, secret, headers["x-line-signature"] ?? ""),
    ({ id }) => JSON.stringify({ events: [{ webhookEventId: id, type: "message", name: "Zoë" }] }),
  ),
  hmac(
    "linear",
    ({ headers, body }, secret) => new LinearWebhookClient(secret).verify(Buffer.from(body), headers["linear-signature"] ?? ""),
    ({ at, id }) => JSON.stringify({ id, name: "Zoë", type: "Issue", webhookTimestamp: at }),
  ),
  hmac("razorpay", ({ headers, body }, secret) =>
    razorpay.validateWebhookSignature(body, headers["x-razorpay-signature"] ?? "", secret),
  ),
  hmac(
    "gocardless",
    ({ headers, body }, secret) => gocardless.verifySignature(body, secret, headers["webhook-signature"] ?? ""),
    ({ id }) => JSON.stringify({ events: [{ id, action: "paid", name: "Zoë" }] }),
  ),
  hmac("easypost", ({ headers, body }, secret) => easypost.Utils.validateWebhook(Buffer.from(body), headers, secret)),
  hmac(
    "coinbase-commerce",
    ({ headers, body }, secret) => coinbase.verifySigHeader(body, headers["x-cc-webhook-signature"] ?? "", secret),
    ({ id }) => JSON.stringify({ event: { id, type: "charge:created", name: "Zoë" } }),
  ),
  hmac(
    "onfido",
    ({ headers, body }, secret) => new WebhookEventVerifier(secret).readPayload(body, headers["x-sha2-signature"] ?? ""),
    ({ id }) => JSON.stringify({ payload: { action: "check.completed", object: { id, name: "Zoë" } } }),
  ),
  hmac("mux", ({ headers, body }, secret) => mux.verifySignature(body, headers, secret)),
  hmac(
    "workos",
    ({ headers, body }, secret) =>
      workos.webhooks.constructEvent({ payload: JSON.parse(body), sigHeader: headers["workos-signature"], secret }),
    ({ id }) =>
      JSON.stringify({
        id,
        event: "user.created",
        data: { object: "user" },
        created_at: "2026-11-22T00:00:00.000Z",
        name: "Zoë",
      }),
  ),
  hmac(
    "paddle",
    ({ headers, body }, secret) => paddle.webhooks.isSignatureValid(body, secret, headers["paddle-signature"] ?? ""),
    ({ id }) => JSON.stringify({ event_id: id, event_type: "x", name: "Zoë" }),
  ),
  {
    provider: "discord",
    secrets: ["ed25519 a", "ed25519 b"],
    body: ({ id }) => JSON.stringify({ id, type: 1, name: "Zoë" }),
    sign: (input) => byRecipe("discord", input, pair(input.secret).privateKey),
    accepts: ({ headers, body }, secret) =>
      discord.verifyKey(
        body,
        headers["x-signature-ed25519"] ?? "",
        headers["x-signature-timestamp"] ?? "",
        raw(secret).toString("hex"),
      ),
    publicKey: (secret) => raw(secret).toString("hex"),
  },
  {
    provider: "telnyx",
    secrets: ["ed25519 c", "ed25519 d"],
    body: ({ id }) => JSON.stringify({ data: { id, name: "Zoë" } }),
    sign: (input) => byRecipe("telnyx", input, pair(input.secret).privateKey),
    accepts: ({ headers, body }, secret) => new TelnyxWebhook(raw(secret).toString("base64")).verify(body, headers),
    publicKey: (secret) => raw(secret).toString("base64"),
  },
  {
    provider: "sendgrid",
    secrets: ["ec a", "ec b"],
    body: ({ id }) => `${JSON.stringify([{ sg_event_id: id, event: "open", name: "Zoe" }])}\r\n`,
    sign: (input) => byRecipe("sendgrid", input, pair(input.secret).privateKey),
    accepts({ headers, body }, secret) {
      const key = sendgrid.convertPublicKeyToECDSA(spki(secret).toString("base64"));
      const [signature = "", time = ""] = ["signature", "timestamp"].map(
        (name) => headers[`x-twilio-email-event-webhook-${name}`],
      );
      return sendgrid.verifySignature(key, body, signature, time);
    },
    publicKey: (secret) => spki(secret).toString("base64"),
  },
  {
    provider: "livekit",
    secrets: [createHash("sha256").update("a").digest("hex"), createHash("sha256").update("b").digest("hex")],
    body: ({ id }) => JSON.stringify({ id, event: "room_started" }),
    // Whose key it is stands in the token as well; LiveKit's own code asks for it.
    sign: (input) => byRecipe("livekit", input, input.secret, { issuer: "key" }),
    accepts: ({ headers, body }, secret) => new WebhookReceiver("key", secret).receive(body, headers.authorization ?? ""),
  },
  sns("aws-sns", "sha256"),
  sns("aws-sns-v1", "sha1"),
];
