import { createHmac, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { compileRecipe } from "../../runtime/ingress/verify/compile-recipe.ts";
import { signDelivery } from "../../runtime/ingress/verify/sign-delivery.ts";
import { verifyDelivery } from "../../runtime/ingress/verify/verify-delivery.ts";
import { AppError } from "../../shared/app-error.ts";
import { providerNamed } from "../../shared/event/providers/providers.ts";
import { type Figure, median, ratio } from "./figure.ts";

const bodyBytes = 2_048;
const rounds = 5;
const url = "https://hooks.example.test/hooks/hook_1?a=b";
const secret = `whsec_${randomBytes(24).toString("base64")}`;

/** One of each kind; the first is the figure. */
const providers = [
  "stripe",
  "github",
  "standard-webhooks",
  "square",
  "hubspot-v2",
  "livekit",
  "plaid",
  "telnyx",
  "sendgrid",
  "wise",
  "gitlab",
  "pipedrive",
];

/**
 * Whole checks of a delivery of 2 KB per second on one core, for a recipe of each kind: headers, list, timestamp, signature, compare, and
 * the event's id. In this process, in rounds in turn with the bare HMAC of the same bytes, which is the baseline.
 */
export function verify(seconds: number): Figure {
  const checks = providers.map((key) => ({ key, run: checkOf(key) }));
  const bare = bareHmac();
  const roundMs = (seconds * 1_000) / rounds / (checks.length + 1);
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const { key, run } of [{ key: "bare", run: bare }, ...checks])
      rates.set(key, [...(rates.get(key) ?? []), perSecond(run, roundMs)]);
  const rate = (key: string) => Math.round(median(rates.get(key) ?? []));
  return {
    case: "verify",
    unit: "verify() calls/s on one core",
    value: rate("stripe"),
    baseline: rate("bare"),
    ratio: ratio(rate("stripe"), rate("bare")),
    p50Ms: null,
    p99Ms: null,
    bodyBytes,
    ofEach: Object.fromEntries(providers.map((key) => [key, rate(key)])),
  };
}

function checkOf(key: string): () => void {
  const provider = providerNamed(key);
  if (!provider) throw new AppError("internal", `the library has no provider ${key}`);
  const { recipe } = provider;
  const pair = keyPairFor(key);
  const now = 1_795_306_613_000;
  const padding = "x".repeat(bodyBytes - 90);
  const body = Buffer.from(
    JSON.stringify({ id: "evt_1", type: "invoice.paid", created: 1_795_306_613, data: { padding } }).padEnd(bodyBytes),
  );
  const request = { method: "POST", url, headers: { "content-type": "application/json" }, body, id: "evt_1" };
  const text = recipe.kind === "basic" ? "user:password" : secret;
  const signed = signDelivery(recipe, pair?.privateKey ?? text, request, now);
  if (!signed) throw new AppError("internal", `${key} cannot be signed`);
  const headers: Record<string, string | undefined> = signed.headers;
  const compiled = compileRecipe(recipe, [{ secret: pair?.publicKey ?? text, expiresAt: null }]);
  const delivery = { method: "POST", url: signed.url, headers: (name: string) => headers[name] ?? null, body };
  const judge = () => verifyDelivery(compiled, delivery, now);
  if (judge().outcome !== "accepted") throw new AppError("internal", `${key} was refused`);
  return judge;
}

/** Of the library's asymmetric kinds, by provider; null for those with a shared secret. */
export function keyPairFor(key: string): { privateKey: KeyObject; publicKey: string } | null {
  switch (key) {
    case "telnyx": {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      return { privateKey, publicKey: publicKey.export({ format: "der", type: "spki" }).subarray(12).toString("base64") };
    }
    case "sendgrid": {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      return { privateKey, publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64") };
    }
    case "plaid": {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      return { privateKey, publicKey: String(publicKey.export({ format: "pem", type: "spki" })) };
    }
    case "wise": {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
      return { privateKey, publicKey: String(publicKey.export({ format: "pem", type: "spki" })) };
    }
    default:
      return null;
  }
}

function bareHmac(): () => void {
  const body = randomBytes(bodyBytes);
  return () => createHmac("sha256", secret).update(body).digest();
}

function perSecond(run: () => void, forMs: number): number {
  const from = performance.now();
  let calls = 0;
  let elapsed = 0;
  while (elapsed < forMs) {
    for (let count = 0; count < 50; count += 1) run();
    calls += 50;
    elapsed = performance.now() - from;
  }
  return (calls * 1_000) / elapsed;
}
