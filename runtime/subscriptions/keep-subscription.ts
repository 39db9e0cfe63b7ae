import { AppError } from "../../shared/app-error.ts";
import { hold } from "./hold.ts";
import { knownSecrets } from "./hook-secrets.ts";
import { readSettled, settingsName } from "./settled.ts";
import type { Subscription } from "./subscription-rows.ts";
import type { SubscriptionDeps, Turn } from "./turn.ts";
import { letGo } from "./unsubscribe.ts";

/** Takes a RESThook one step nearer to what is wanted of it, and says when to come again. */
export async function keepSubscription(deps: SubscriptionDeps, subscription: Subscription): Promise<void> {
  const connector = await deps.loadConnector(subscription.workspace, subscription.connectorVersion);
  const webhook = connector.incomingWebhooks.find(({ key }) => key === subscription.webhook);
  const url = `${deps.publicUrl}/hooks/${subscription.id}`;
  const resthook = webhook?.resthook;
  // A published version is never changed, so this is a fault of ours.
  if (!webhook || !resthook)
    throw new AppError("internal", `the webhook "${subscription.webhook}" is not in its connector's version`);
  const { connection, inputs } = subscription;
  const settings = settingsName([url, webhook.key, connection, inputs, resthook.subscribe]);
  const settled = readSettled(subscription.settled);
  const secrets = await knownSecrets(deps, subscription, webhook);
  const turn: Turn = { deps, subscription, connector, webhook, resthook, url, settled, settings, secrets };
  return subscription.wanted === "off" ? letGo(turn) : hold(turn);
}
