import type { Json } from "../../../shared/json.ts";
import type { ContactChange } from "./change-contacts.ts";
import { contactOutputFields, contactProfile } from "./contact-profile.ts";
import { type Posted, postJson } from "./post-update.ts";
import type { ManagedRecords } from "./records.ts";
import type { Webhook, WebhookSubscription, Webhooks } from "./webhooks.ts";

/** What one webhook was told of: for whoever caused the change. */
export type DeliveryReport = { webhookId: string; targetUrl: string; profiles: number } & Posted;

/** At most so many profiles are in one delivery. */
const mostProfiles = 25;
/** Always there, also where only changes are asked for. */
const always = ["id", "firstName", "lastName", "email"];

/**
 * Posts what changed to all enabled webhooks that subscribe to contacts, each time only the records that its account manages. Charges
 * nothing. The header is the registration's own token; nothing is signed.
 */
export async function deliverUpdates(
  changes: ContactChange[],
  { webhooks, records }: { webhooks: Webhooks; records: ManagedRecords },
): Promise<DeliveryReport[]> {
  const reports: DeliveryReport[] = [];
  for (const webhook of webhooks.all()) {
    const subscription = webhook.subscriptions.find(({ objectType }) => objectType === "Contact");
    if (!webhook.enabled || !subscription) continue;
    const profiles = changes
      .filter(({ contact }) => records.isManaged(webhook.account, "Contact", contact.id))
      .map((change) => profileOf(change, subscription));
    for (let start = 0; start < profiles.length; start += mostProfiles)
      reports.push(await deliver(webhook, subscription, profiles.slice(start, start + mostProfiles)));
  }
  return reports;
}

function profileOf({ contact, changedAttributes }: ContactChange, { fullPayload }: WebhookSubscription): Json {
  const fields = fullPayload ? contactOutputFields : [...new Set([...always, ...changedAttributes])];
  return { ...contactProfile(contact, fields), changedAttributes };
}

async function deliver(webhook: Webhook, { objectType, eventType }: WebhookSubscription, data: Json[]): Promise<DeliveryReport> {
  const { id, title, targetUrl, verificationToken } = webhook;
  const posted = await postJson(
    targetUrl,
    { "x-zoominfo-token": verificationToken },
    { webhookDetails: { id, title, objectType, eventType }, data },
  );
  return { webhookId: id, targetUrl, profiles: data.length, ...posted };
}
