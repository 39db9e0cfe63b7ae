import { randomBytes } from "node:crypto";
import type { IncomingWebhook } from "../../shared/connector/incoming-webhook.ts";
import { asksForVerifyToken } from "../../shared/event/challenge-recipe.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import type { Vault } from "../connections/vault.ts";
import type { Clock } from "../ids.ts";
import { openSecrets } from "../ingress/rotate-secret.ts";
import { definitionSecretsPlace, hookSecretsPlace, verifyTokenPlace } from "../ingress/secret-places.ts";
import { generateSecret } from "../ingress/set-hook.ts";
import type { SigningSecret } from "../ingress/verify/delivery.ts";
import type { Sql } from "../store/sql.ts";
import type { Change, Subscription } from "./subscription-rows.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock };
/** What a subscribe call may tell the provider. `change`: what was made just now and must be stored first. */
export type SecretsToSend = { secret: string | null; verifyToken: string | null; change: Change };

/** The subscription's secret and verify token; made here where they are ours to make and there are none. */
export async function secretsToSend(deps: Deps, subscription: Subscription, webhook: IncomingWebhook): Promise<SecretsToSend> {
  const { workspace, id } = subscription;
  const change: Change = {};
  const known = await openSecret(deps, subscription, webhook);
  const made =
    known === null && webhook.secretOrigin === "generated" && needsSecret(webhook.recipe) ? generateSecret(webhook.recipe) : null;
  if (made !== null) Object.assign(change, { secrets: await sealSecret(deps, subscription, made), secretSetAt: deps.clock() });
  let verifyToken: string | null = null;
  if (subscription.verifyToken !== null)
    verifyToken = await deps.vault.open(verifyTokenPlace(workspace, id), subscription.verifyToken);
  else if (asksForToken(webhook)) {
    verifyToken = randomBytes(24).toString("base64url");
    change.verifyToken = await deps.vault.seal(verifyTokenPlace(workspace, id), verifyToken);
  }
  return { secret: known ?? made, verifyToken, change };
}

/** What of it nobody may read: its secret and its verify token. */
export async function knownSecrets(deps: Deps, subscription: Subscription, webhook: IncomingWebhook): Promise<string[]> {
  const { workspace, id, verifyToken } = subscription;
  const token = verifyToken === null ? null : await deps.vault.open(verifyTokenPlace(workspace, id), verifyToken);
  return [await openSecret(deps, subscription, webhook), token].filter((secret) => secret !== null);
}

/** How long the secret of a subscription that is replaced counts: until the old one has ended, whatever keeps it. */
const replacedMs = 3 * 86_400_000;

/**
 * What has to be stored before a provider that brings its secret by itself is asked anew: the first secret of the new subscription
 * will count, and the one that is known ends some time after.
 */
export async function makeRoomForSecret(deps: Deps, { id, workspace }: Subscription): Promise<Change> {
  const [row] = await deps.sql.read<{ secrets: string | null }>(`SELECT secrets FROM hooks WHERE id = $1`, [id]);
  if (!row?.secrets) return {};
  const place = hookSecretsPlace(workspace, id);
  const end = deps.clock() + replacedMs;
  const known = (await openSecrets(deps.vault, place, row.secrets)).map(({ secret, expiresAt }) => ({
    secret,
    expiresAt: expiresAt ?? end,
  }));
  return { secrets: await deps.vault.seal(place, JSON.stringify(known)) };
}

/** Can its deliveries be verified? The row is read again: a challenge may have brought the secret meanwhile. */
export async function hasSecret(
  { sql, vault }: Deps,
  { workspace, id }: Subscription,
  webhook: IncomingWebhook,
): Promise<boolean> {
  if (!needsSecret(webhook.recipe)) return true;
  const [row] = await sql.read<{ own: string | null; shared: string | null; origin: string }>(
    `SELECT h.secrets AS own, s.secrets AS shared, h.secret_from AS origin FROM hooks h
     LEFT JOIN webhook_secrets s ON s.workspace_id = h.workspace_id AND s.connector_id = h.connector_id AND s.webhook = h.webhook
     WHERE h.id = $1 AND h.workspace_id = $2`,
    [id, workspace],
  );
  if (row?.origin === "definition") return row.shared !== null;
  return (await openSecrets(vault, hookSecretsPlace(workspace, id), row?.own ?? null)).some(
    ({ expiresAt }) => expiresAt === null,
  );
}

/** A subscription's only secret, as its row holds it. */
export function sealSecret({ vault }: Deps, { workspace, id }: Subscription, secret: string): Promise<string> {
  return vault.seal(hookSecretsPlace(workspace, id), JSON.stringify([{ secret, expiresAt: null }]));
}

async function openSecret({ sql, vault }: Deps, subscription: Subscription, webhook: IncomingWebhook): Promise<string | null> {
  const { workspace, id, secrets } = subscription;
  if (webhook.secretOrigin !== "definition")
    return secrets === null ? null : newest(await vault.open(hookSecretsPlace(workspace, id), secrets));
  const [row] = await sql.read<{ connector: string; secrets: string }>(
    `SELECT s.connector_id AS connector, s.secrets FROM hooks h
     JOIN webhook_secrets s ON s.workspace_id = h.workspace_id AND s.connector_id = h.connector_id AND s.webhook = h.webhook
     WHERE h.id = $1`,
    [id],
  );
  return row ? newest(await vault.open(definitionSecretsPlace(workspace, row.connector, webhook.key), row.secrets)) : null;
}

function newest(text: string): string | null {
  const secrets = JSON.parse(text) as SigningSecret[];
  return secrets[0]?.secret ?? null;
}

function asksForToken({ challenges, resthook }: IncomingWebhook): boolean {
  const told = JSON.stringify(resthook?.subscribe.inputs ?? {}).includes("hook.verifyToken");
  return told || challenges.some(asksForVerifyToken);
}
