import type { Place } from "../place.ts";
import type { TokenRecipe } from "../signature-recipe.ts";
import * as challenge from "./challenges.ts";
import { bodyIs, ids, inBody, inHeader, type Provider, plainSecret, signatureIn } from "./provider.ts";

function tokenIn(place: Place, more: Partial<TokenRecipe> = {}): TokenRecipe {
  return { kind: "token", signature: signatureIn([place]), secret: plainSecret, requiredHeaders: [], ...more };
}

const soapAck = `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>
  </soapenv:Body>
</soapenv:Envelope>`;

/** Nothing is signed: a shared token, a password or the hook URL itself is all there is. */
export const tokens: Provider[] = [
  {
    key: "zoominfo",
    name: "ZoomInfo",
    docs: "https://docs.zoominfo.com/docs/webhooks",
    secretOrigin: "subscribe-answer",
    hint: "verificationToken of the answer that makes the webhook. A delivery has up to 25 profiles, each an event; they have no id of their own.",
    recipe: tokenIn(inHeader("x-zoominfo-token"), {
      batch: { path: "data", maxItems: 25 },
      // Two equal profiles with equal changes are one update; for a day only, since a value may change there and back.
      dedupe: { ...bodyIs, windowMs: 86_400_000 },
    }),
    challenges: [],
    verified: false,
  },
  {
    key: "gitlab",
    name: "GitLab",
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    secretOrigin: "generated",
    recipe: tokenIn(inHeader("x-gitlab-token"), {
      dedupe: ids(inHeader("idempotency-key"), inHeader("x-gitlab-event-uuid")),
      eventType: inHeader("x-gitlab-event"),
    }),
    challenges: [],
    verified: false,
  },
  {
    key: "telegram",
    name: "Telegram",
    docs: "https://core.telegram.org/bots/api#setwebhook",
    secretOrigin: "generated",
    hint: "secret_token of setWebhook.",
    recipe: tokenIn(inHeader("x-telegram-bot-api-secret-token"), { dedupe: ids(inBody("update_id")) }),
    challenges: [],
    verified: false,
  },
  {
    key: "google-push",
    name: "Google push notifications (Calendar, Drive)",
    docs: "https://developers.google.com/workspace/calendar/api/guides/push",
    secretOrigin: "generated",
    hint: "The channel's token. Messages are numbered anew in every channel, so no header names one for good.",
    recipe: tokenIn(inHeader("x-goog-channel-token"), {
      eventType: inHeader("x-goog-resource-state"),
    }),
    challenges: [],
    verified: false,
  },
  {
    key: "cloudflare",
    name: "Cloudflare notifications",
    docs: "https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
    secretOrigin: "generated",
    recipe: tokenIn(inHeader("cf-webhook-auth"), { dedupe: bodyIs, eventType: inBody("alert_type") }),
    challenges: [],
    verified: false,
  },
  {
    key: "okta",
    name: "Okta event hooks",
    docs: "https://developer.okta.com/docs/concepts/event-hooks/",
    secretOrigin: "generated",
    hint: "The whole value of the authentication field.",
    recipe: tokenIn(inHeader("authorization"), {
      batch: { path: "data.events", maxItems: 1_000 },
      dedupe: ids(inBody("uuid")),
      eventType: inBody("eventType"),
    }),
    challenges: [challenge.okta],
    verified: false,
  },
  {
    key: "microsoft-graph",
    name: "Microsoft Graph",
    docs: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
    secretOrigin: "generated",
    hint: "clientState of the subscription.",
    recipe: tokenIn(inBody("clientState"), {
      each: "value",
      batch: { path: "value", maxItems: 1_000 },
      dedupe: ids(inBody("id"), { in: "body-hash" }),
      eventType: inBody("changeType"),
    }),
    challenges: [challenge.graph],
    answer: { status: 202, answerWithinMs: 0 },
    verified: false,
  },
  {
    key: "monday",
    name: "monday.com",
    docs: "https://developer.monday.com/api-reference/reference/webhooks",
    secretOrigin: "generated",
    hint: "Webhooks made in the interface are not signed: the hook URL is the secret.",
    recipe: {
      kind: "url-secret",
      requiredHeaders: [],
      dedupe: ids(inBody("event.triggerUuid")),
      eventType: inBody("event.type"),
    },
    challenges: [challenge.monday],
    verified: false,
  },
  {
    key: "salesforce-outbound",
    name: "Salesforce outbound messages",
    docs: "https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm",
    secretOrigin: "generated",
    hint: "SOAP without a signature: the hook URL is the secret. Repeated for a day until it is acknowledged.",
    recipe: { kind: "url-secret", requiredHeaders: [], dedupe: bodyIs },
    challenges: [],
    answer: { status: 200, answerWithinMs: 0, body: { contentType: "text/xml; charset=utf-8", text: soapAck } },
    verified: false,
  },
  {
    key: "pipedrive",
    name: "Pipedrive",
    docs: "https://pipedrive.readme.io/docs/guide-for-webhooks-v2",
    secretOrigin: "given",
    hint: "User name and password of the webhook, as user:password.",
    recipe: { kind: "basic", requiredHeaders: [], dedupe: ids(inBody("meta.id")), eventType: inBody("meta.action") },
    challenges: [],
    verified: false,
  },
  {
    key: "postmark",
    name: "Postmark",
    docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
    secretOrigin: "generated",
    hint: "User name and password of the webhook, as user:password.",
    recipe: { kind: "basic", requiredHeaders: [], dedupe: bodyIs, eventType: inBody("RecordType") },
    challenges: [],
    verified: false,
  },
  {
    key: "chargebee",
    name: "Chargebee",
    docs: "https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings",
    secretOrigin: "generated",
    hint: "User name and password of the webhook, as user:password.",
    recipe: { kind: "basic", requiredHeaders: [], dedupe: ids(inBody("id")), eventType: inBody("event_type") },
    challenges: [],
    verified: false,
  },
  {
    key: "url-secret",
    name: "Any sender that cannot sign",
    docs: "https://www.rfc-editor.org/rfc/rfc9110#section-9.3.3",
    secretOrigin: "generated",
    hint: "Whoever knows the hook URL can post to it.",
    recipe: { kind: "url-secret", requiredHeaders: [] },
    challenges: [],
    verified: false,
  },
];
