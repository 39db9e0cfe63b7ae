import { body, hmac, ids, inBody, inHeader, literal, type Provider, sdk, time, timestamp } from "./provider.ts";

/** `id.time.body` with a key in base64 after `whsec_`, several signatures in one header. */
function standard(prefix: "webhook" | "svix") {
  return hmac({
    header: `${prefix}-signature`,
    encoding: "base64",
    list: { item: " ", key: ",", keys: ["v1"] },
    content: [{ part: "header", name: `${prefix}-id` }, literal("."), time, literal("."), body],
    time: timestamp(inHeader(`${prefix}-timestamp`)),
    secret: { stripPrefix: "whsec_", decode: "base64" },
    dedupe: ids(inHeader(`${prefix}-id`)),
    eventType: inBody("type"),
  });
}

/** The first is what is offered where nothing is known of the sender. */
export const standardWebhooks: Provider[] = [
  {
    key: "standard-webhooks",
    name: "Standard Webhooks",
    docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    secretOrigin: "generated",
    recipe: standard("webhook"),
    challenges: [],
    verified: sdk("standardwebhooks 1.1.1 signs"),
  },
  {
    key: "svix",
    name: "Svix, Clerk, Resend and others on it",
    docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    secretOrigin: "given",
    recipe: standard("svix"),
    challenges: [],
    verified: sdk("svix 2.5.0 signs"),
  },
];
