import { randomBytes } from "node:crypto";
import { jsonBody, post, type SignedRequest, type Signer, url } from "./signed-request.ts";
import { vendor } from "./vendor.ts";

type Webhook = new (secret: string) => { sign(id: string, at: Date, body: string): string };
type Stripe = new (key: string) => { webhooks: { generateTestHeaderString(input: object): string } };
type Octokit = { sign(secret: string, body: string): Promise<string> };
type Sanity = { encodeSignatureHeader(body: string, at: number, secret: string): Promise<string> };
type Twilio = {
  getExpectedTwilioSignature(token: string, url: string, params: Record<string, unknown>): string;
  getExpectedBodyHash(body: string): string;
};
type HubSpot = { Signature: { getSignature(method: string, version: "v1" | "v2" | "v3", options: object): string } };
type Adyen = { default: new () => { calculateHmac(item: object, key: string): string } };

const octokit = vendor<Octokit>("@octokit/webhooks-methods/dist-node/index.js");
const standard = vendor<{ Webhook: Webhook }>("standardwebhooks/dist/index.js").Webhook;
const svix = vendor<{ Webhook: Webhook }>("svix/dist/index.mjs").Webhook;
const sanity = vendor<Sanity>("@sanity/webhook/dist/index.js");
const twilio = vendor<Twilio>("twilio/lib/webhooks/webhooks.js");
const { Signature: hubspot } = vendor<HubSpot>("@hubspot/api-client/lib/src/utils/signature.js");
const adyen = new (vendor<Adyen>("@adyen/api-library/lib/src/utils/hmacValidator.js").default)();
const { webhooks: stripe } = new (vendor<Stripe>("stripe/cjs/stripe.cjs.node.js"))("sk_test");

const whsec = (): [string, string] => [
  `whsec_${randomBytes(24).toString("base64")}`,
  `whsec_${randomBytes(24).toString("base64")}`,
];
const plain: [string, string] = ["It's a Secret to Everybody", "another secret"];
const twilioUrl = `${url}?foo=1&bar=a%20b`;

function standardWebhooks(provider: string, prefix: string, kind: Webhook): Signer {
  return {
    provider,
    secrets: whsec(),
    body: jsonBody,
    sign: ({ body, at, id, secret }) =>
      post(body, {
        [`${prefix}-id`]: id,
        [`${prefix}-timestamp`]: String(Math.floor(at / 1_000)),
        [`${prefix}-signature`]: new kind(secret).sign(id, new Date(at), body),
      }),
  };
}

function hubspotSigner(provider: string, version: "v1" | "v2" | "v3", body: Signer["body"]): Signer {
  return {
    provider,
    secrets: plain,
    body,
    sign({ body: requestBody, at, secret }) {
      const options = { clientSecret: secret, requestBody, url: `${url}?a=b`, timestamp: at };
      const signature = hubspot.getSignature("POST", version, options);
      const headers: Record<string, string> =
        version === "v3"
          ? { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": String(at) }
          : { "x-hubspot-signature": signature };
      return { ...post(requestBody, headers), url: options.url };
    },
  };
}

const adyenItem = ({ id }: { id: string }) => ({
  pspReference: id,
  originalReference: "o1",
  merchantAccountCode: "Account",
  merchantReference: "ref:1",
  amount: { value: 1130, currency: "EUR" },
  eventCode: "AUTHORISATION",
  eventDate: "2026-11-22T10:00:00+01:00",
  success: "true",
});

const hubspotEvents: Signer["body"] = ({ id }) =>
  JSON.stringify([{ eventId: id, subscriptionId: 1, occurredAt: 2, subscriptionType: "contact.creation" }]);

/** Providers whose packages can sign. */
export const theySign: Signer[] = [
  {
    provider: "stripe",
    secrets: ["whsec_test_secret", "whsec_other"],
    body: jsonBody,
    sign: ({ body, at, secret }) =>
      post(body, {
        "stripe-signature": stripe.generateTestHeaderString({ payload: body, secret, timestamp: Math.floor(at / 1_000) }),
      }),
  },
  {
    provider: "github",
    secrets: plain,
    body: jsonBody,
    sign: async ({ body, id, secret }) =>
      post(body, { "x-hub-signature-256": await octokit.sign(secret, body), "x-github-delivery": id, "x-github-event": "push" }),
  },
  standardWebhooks("standard-webhooks", "webhook", standard),
  standardWebhooks("svix", "svix", svix),
  {
    provider: "sanity",
    secrets: plain,
    body: jsonBody,
    sign: async ({ body, at, id, secret }) =>
      post(body, { "sanity-webhook-signature": await sanity.encodeSignatureHeader(body, at, secret), "idempotency-key": id }),
  },
  {
    provider: "twilio",
    secrets: plain,
    body: ({ id }) =>
      new URLSearchParams({ MessageSid: id, Body: "Grüße + 1", To: "+18005551212", From: "+14158675309" }).toString(),
    sign({ body, id, secret }) {
      const params = Object.fromEntries(new URLSearchParams(body));
      const headers = { "content-type": "application/x-www-form-urlencoded", "i-twilio-idempotency-token": id };
      const signature = twilio.getExpectedTwilioSignature(secret, twilioUrl, params);
      return { ...post(body, { ...headers, "x-twilio-signature": signature }), url: twilioUrl };
    },
  },
  {
    provider: "twilio",
    secrets: plain,
    body: jsonBody,
    sign({ body, id, secret }) {
      const hashed = `${url}?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
      const signature = twilio.getExpectedTwilioSignature(secret, hashed, {});
      return { ...post(body, { "i-twilio-idempotency-token": id, "x-twilio-signature": signature }), url: hashed };
    },
  },
  hubspotSigner("hubspot", "v3", hubspotEvents),
  hubspotSigner("hubspot-v2", "v2", jsonBody),
  hubspotSigner("hubspot-v1", "v1", hubspotEvents),
  {
    provider: "adyen",
    secrets: ["44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056", "00FF".repeat(16)],
    body: (input) => JSON.stringify(adyenItem(input)),
    sign({ body, secret }) {
      const item = { ...JSON.parse(body), additionalData: { hmacSignature: adyen.calculateHmac(JSON.parse(body), secret) } };
      return post(JSON.stringify({ live: "false", notificationItems: [{ NotificationRequestItem: item }] }), {});
    },
    tamper: (request): SignedRequest => ({ ...request, body: request.body.replace("1130", "1") }),
  },
];
