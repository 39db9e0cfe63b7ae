import type { ChallengeRecipe, ChallengeValue } from "../challenge-recipe.ts";
import type { Place } from "../place.ts";
import { inBody, inHeader, inQuery } from "./provider.ts";

const sent = (at: Place): ChallengeValue => ({ from: "request", at });
const text = (value: ChallengeValue): ChallengeRecipe["respond"] => ({ status: 200, headers: [], body: { as: "text", value } });
const empty = (status: number, headers: ChallengeRecipe["respond"]["headers"] = []): ChallengeRecipe["respond"] => ({
  status,
  headers,
  body: { as: "empty" },
});

/** Signed, and answered only then: the answer is an HMAC with the key of the events, which nobody else may have made. */
export const zoom: ChallengeRecipe = {
  name: "URL validation",
  when: { method: "POST", match: [{ at: inBody("event"), equals: "endpoint.url_validation" }] },
  precheck: { kind: "signature" },
  respond: {
    status: 200,
    headers: [],
    body: {
      as: "json",
      fields: [
        { name: "plainToken", value: sent(inBody("payload.plainToken")) },
        {
          name: "encryptedToken",
          value: { from: "hmac", of: inBody("payload.plainToken"), algorithm: "sha256", encoding: "hex", prefix: "" },
        },
      ],
    },
  },
};

export const slack: ChallengeRecipe = {
  name: "URL verification",
  when: { method: "POST", match: [{ at: inBody("type"), equals: "url_verification" }] },
  precheck: { kind: "signature" },
  respond: text(sent(inBody("challenge"))),
};

export const meta: ChallengeRecipe = {
  name: "Verification request",
  when: { method: "GET", match: [{ at: inQuery("hub.mode"), equals: "subscribe" }, { at: inQuery("hub.challenge") }] },
  precheck: { kind: "token", at: inQuery("hub.verify_token"), with: "verify-token" },
  respond: text(sent(inQuery("hub.challenge"))),
};

export const graph: ChallengeRecipe = {
  name: "Endpoint validation",
  when: { method: "POST", match: [{ at: inQuery("validationToken") }] },
  precheck: { kind: "pending" },
  respond: text(sent(inQuery("validationToken"))),
};

export const dropbox: ChallengeRecipe = {
  name: "Verification request",
  when: { method: "GET", match: [{ at: inQuery("challenge") }] },
  precheck: { kind: "none" },
  respond: text(sent(inQuery("challenge"))),
};

export const okta: ChallengeRecipe = {
  name: "One-time verification",
  when: { method: "GET", match: [{ at: inHeader("x-okta-verification-challenge") }] },
  precheck: { kind: "token", at: inHeader("authorization"), with: "secret" },
  respond: {
    status: 200,
    headers: [],
    body: { as: "json", fields: [{ name: "verification", value: sent(inHeader("x-okta-verification-challenge")) }] },
  },
};

/** Asana and Keap: the secret comes while our own call that subscribes is still under way. */
export const hookSecret: ChallengeRecipe = {
  name: "Handshake",
  when: { method: "POST", match: [{ at: inHeader("x-hook-secret") }] },
  precheck: { kind: "pending" },
  respond: empty(200, [{ name: "X-Hook-Secret", value: sent(inHeader("x-hook-secret")) }]),
  store: inHeader("x-hook-secret"),
};

/** Not signed, so whoever asks gets an HMAC: what may be asked for is narrow (security rules of computed challenges). */
export const x: ChallengeRecipe = {
  name: "Challenge-response check",
  when: { method: "GET", match: [{ at: inQuery("crc_token") }] },
  precheck: { kind: "none" },
  respond: {
    status: 200,
    headers: [],
    body: {
      as: "json",
      fields: [
        {
          name: "response_token",
          value: { from: "hmac", of: inQuery("crc_token"), algorithm: "sha256", encoding: "base64", prefix: "sha256=" },
        },
      ],
    },
  },
};

export const discord: ChallengeRecipe = {
  name: "PING",
  when: { method: "POST", match: [{ at: inBody("type"), equals: "0" }] },
  precheck: { kind: "signature" },
  respond: empty(204),
};

export const snsHosts = ["sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"];

export const sns: ChallengeRecipe = {
  name: "Subscription confirmation",
  when: { method: "POST", match: [{ at: inHeader("x-amz-sns-message-type"), equals: "SubscriptionConfirmation" }] },
  precheck: { kind: "signature" },
  respond: empty(200),
  confirm: { at: inBody("SubscribeURL"), hosts: snsHosts },
};

export const notion: ChallengeRecipe = {
  name: "Verification token",
  when: { method: "POST", match: [{ at: inBody("verification_token") }] },
  precheck: { kind: "pending" },
  respond: empty(200),
  store: inBody("verification_token"),
};

export const websub: ChallengeRecipe = {
  name: "Verification of intent",
  when: { method: "GET", match: [{ at: inQuery("hub.mode") }, { at: inQuery("hub.challenge") }] },
  precheck: { kind: "pending" },
  respond: text(sent(inQuery("hub.challenge"))),
};

export const monday: ChallengeRecipe = {
  name: "URL verification",
  when: { method: "POST", match: [{ at: inBody("challenge") }] },
  precheck: { kind: "pending" },
  respond: { status: 200, headers: [], body: { as: "json", fields: [{ name: "challenge", value: sent(inBody("challenge")) }] } },
};
