import { randomBytes, randomInt } from "node:crypto";
import type { Json } from "../../../shared/json.ts";
import { type Problem, problems } from "./problems.ts";
import type { ObjectType } from "./records.ts";

export type WebhookSubscription = {
  subscriptionId: string;
  createdDate: number;
  modifiedDate: number;
  eventType: "Update";
  objectType: ObjectType;
  fullPayload: boolean;
};
export type Webhook = {
  id: string;
  account: string;
  title: string;
  enabled: boolean;
  targetUrl: string;
  createdDate: number;
  verificationToken: string;
  subscriptions: WebhookSubscription[];
};

/** Registrations of the Webhooks API, each of one account. What is wrong with a request is a `Problem`. */
export type Webhooks = {
  create(account: string, body: Record<string, Json>): Webhook | Problem;
  change(webhook: Webhook, body: Record<string, Json>): Webhook | Problem;
  find(account: string, id: string): Webhook | null;
  of(account: string): Webhook[];
  all(): Webhook[];
  delete(webhook: Webhook): void;
  /** Makes a new verification token; the old one is void at once. */
  renewToken(webhook: Webhook): string;
};

export const objectTypes = ["Contact", "Company"] as const;
export const eventTypes = ["Update"] as const;

export function createWebhooks(clock: () => number): Webhooks {
  const known = new Map<string, Webhook>();
  // Chosen at random, so that after a restart no old id means another registration.
  const newId = () => String(randomInt(100_000_000, 1_000_000_000));
  const newSubscription = (wanted: Wanted): WebhookSubscription => {
    const now = clock();
    return { subscriptionId: newId(), createdDate: now, modifiedDate: now, eventType: "Update", ...wanted };
  };
  return {
    create(account, body) {
      const wanted = readNew(body);
      if ("status" in wanted) return wanted;
      const { subscriptions, ...rest } = wanted;
      const webhook: Webhook = {
        ...rest,
        id: newId(),
        account,
        createdDate: clock(),
        verificationToken: newToken(),
        subscriptions: subscriptions.map(newSubscription),
      };
      known.set(webhook.id, webhook);
      return webhook;
    },
    change(webhook, body) {
      const unknown = Object.keys(body).filter((key) => !["title", "enabled", "subscriptions"].includes(key));
      if (unknown.length > 0) return problems.invalidFields(unknown);
      const { title = webhook.title, enabled = webhook.enabled } = body;
      const base = baseProblem({ title, enabled });
      if (base) return base;
      const subscriptions = mergeSubscriptions(webhook.subscriptions, body.subscriptions ?? [], {
        now: clock(),
        newSubscription,
      });
      if ("status" in subscriptions) return subscriptions;
      return Object.assign(webhook, { title, enabled, subscriptions });
    },
    find: (account, id) => {
      const webhook = known.get(id);
      return webhook?.account === account ? webhook : null;
    },
    of: (account) => [...known.values()].filter((webhook) => webhook.account === account),
    all: () => [...known.values()],
    delete: ({ id }) => void known.delete(id),
    renewToken(webhook) {
      webhook.verificationToken = newToken();
      return webhook.verificationToken;
    },
  };
}

/** As long as the documents' samples. */
function newToken(): string {
  return randomBytes(64).toString("base64");
}

type Wanted = { objectType: ObjectType; fullPayload: boolean };
type New = { title: string; enabled: boolean; targetUrl: string; subscriptions: Wanted[] };

function readNew(body: Record<string, Json>): New | Problem {
  const { title, enabled, targetUrl, subscriptions, ...rest } = body;
  const unknown = Object.keys(rest);
  if (unknown.length > 0) return problems.invalidFields(unknown);
  const base = baseProblem({ title, enabled });
  if (base) return base;
  const target = readTarget(targetUrl);
  if (typeof target !== "string") return target;
  if (!Array.isArray(subscriptions) || subscriptions.length === 0)
    return invalid("subscriptions", "A list of subscriptions is required");
  const wanted = subscriptions.map((each) => readSubscription(each));
  const wrong = wanted.find((each) => "status" in each);
  if (wrong && "status" in wrong) return wrong;
  const read = wanted.flatMap((each) => ("status" in each ? [] : [each]));
  // Checked above: a title that is no text and an `enabled` that is no flag are problems.
  return twice(read) ?? { title: title as string, enabled: enabled as boolean, targetUrl: target, subscriptions: read };
}

function baseProblem({ title, enabled }: { title?: Json | undefined; enabled?: Json | undefined }): Problem | null {
  if (typeof title !== "string" || title.trim() === "") return invalid("title", "A title is required");
  if (typeof enabled !== "boolean") return invalid("enabled", "enabled must be true or false");
  return null;
}

/**
 * The documents want `https://`. The sandbox also takes http to this machine itself, which is where the product runs that is tried out
 * with it.
 */
export function readTarget(targetUrl: Json | undefined): string | Problem {
  const url = typeof targetUrl === "string" && URL.canParse(targetUrl) ? new URL(targetUrl) : null;
  if (url?.protocol === "https:" || (url && isLoopback(url))) return String(targetUrl);
  return invalid("targetUrl", "The target URL must be in https:// format");
}

/** Plain http to this machine: the only places that the sandbox posts to. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

function readSubscription(value: Json): Wanted | Problem {
  if (!isObject(value)) return invalid("subscriptions", "A subscription is an object");
  const { eventType, objectType, fullPayload = true } = value;
  if (eventType !== "Update") return invalid("eventType", "eventType must be Update");
  const type = readObjectType(objectType);
  if (type === null) return invalid("objectType", "objectType must be Contact or Company");
  if (typeof fullPayload !== "boolean") return invalid("fullPayload", "fullPayload must be true or false");
  return { objectType: type, fullPayload };
}

export function readObjectType(value: Json | undefined): ObjectType | null {
  return objectTypes.find((each) => each === value) ?? null;
}

type Merging = { now: number; newSubscription(wanted: Wanted): WebhookSubscription };

/** An item with an id and more changes that one, an id alone deletes it, and one without an id is added; all of them or none. */
function mergeSubscriptions(
  known: WebhookSubscription[],
  items: Json,
  { now, newSubscription }: Merging,
): WebhookSubscription[] | Problem {
  if (!Array.isArray(items)) return invalid("subscriptions", "subscriptions must be a list");
  let merged = known.map((each) => ({ ...each }));
  for (const item of items) {
    if (!isObject(item)) return invalid("subscriptions", "A subscription is an object");
    const { subscriptionId, ...changes } = item;
    const found = merged.find((each) => each.subscriptionId === subscriptionId);
    if (subscriptionId !== undefined && !found) return invalid("subscriptionId", "There is no such subscription");
    if (found && Object.keys(changes).length === 0) {
      merged = merged.filter((each) => each !== found);
      continue;
    }
    const { eventType, objectType, fullPayload } = found ?? {};
    const wanted = readSubscription(found ? ({ ...{ eventType, objectType, fullPayload }, ...changes } as Json) : item);
    if ("status" in wanted) return wanted;
    if (found) Object.assign(found, wanted, { modifiedDate: now });
    else merged.push(newSubscription(wanted));
  }
  return twice(merged) ?? merged;
}

/** Two of the same kind would post every change twice. */
function twice(subscriptions: Wanted[]): Problem | null {
  const types = subscriptions.map(({ objectType }) => objectType);
  return new Set(types).size === types.length
    ? null
    : invalid("objectType", "There is a subscription of this object type already");
}

function invalid(field: string, message: string): Problem {
  return problems.invalidFields([field], message);
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
