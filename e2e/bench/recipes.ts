import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setHookSecret } from "../../runtime/ingress/set-hook-secret.ts";
import { signDelivery } from "../../runtime/ingress/verify/sign-delivery.ts";
import { AppError } from "../../shared/app-error.ts";
import { providerNamed } from "../../shared/event/providers/providers.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { publishHookFlow } from "../fixtures.ts";
import { type Place, startServer } from "../server.ts";
import { type Figure, median, ratio } from "./figure.ts";
import { onServerCore, runLoad } from "./processes.ts";
import { type PairName, pureFlow, withPlace } from "./product.ts";
import { keyPairFor } from "./verify.ts";

/** The first is the simplest: equality with a token in a header. */
const kinds = {
  simplest: ["gitlab"],
  symmetric: ["github", "stripe", "standard-webhooks", "square", "hubspot-v2", "livekit", "pipedrive"],
  asymmetric: ["telnyx", "sendgrid", "wise", "plaid"],
};
const all = [...kinds.simplest, ...kinds.symmetric, ...kinds.asymmetric];
const bodyBytes = 2_048;
/** Sent in turn. Without an event's id each is an event of its own. */
const requestCount = 200;
const rounds = 3;
const secretText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/**
 * Events taken in per second with a recipe of each kind, in rounds in turn on one server: each against the simplest. The figure is the
 * slowest symmetric kind; the slowest asymmetric one stands beside it. Signed beforehand, so that the sender is as fast with each.
 */
export async function recipes(pair: PairName, seconds: number): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-bench-"));
  try {
    return await withPlace(pair, { env: { PATCHBAY_WORKER_SLOTS: "0" }, pinned: true }, async (place) => {
      const server = await startServer(place, { prefix: onServerCore });
      try {
        return await measure(pair, place, { folder, seconds });
      } finally {
        await server.end("SIGTERM");
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(pair: PairName, place: Place, { folder, seconds }: { folder: string; seconds: number }): Promise<Figure> {
  const loads = new Map<string, { url: string; requestsFile: string }>();
  for (const key of all) loads.set(key, await prepare(place, key, join(folder, `${key}.json`)));
  const rates = new Map<string, number[]>();
  const part = {
    connections: 64,
    bodyBytes,
    warmUpSeconds: 1,
    rate: null,
    secret: "",
    seconds: Math.max(1, seconds / rounds / all.length),
  };
  for (let round = 0; round < rounds; round += 1)
    for (const [key, load] of loads) rates.set(key, [...(rates.get(key) ?? []), (await runLoad({ ...part, ...load })).perSecond]);
  const rate = (key: string) => median(rates.get(key) ?? []);
  const slowest = (keys: string[]) => keys.reduce((one, other) => (rate(other) < rate(one) ? other : one));
  const simplest = rate(kinds.simplest[0] ?? "");
  const [symmetric, asymmetric] = [slowest(kinds.symmetric), slowest(kinds.asymmetric)];
  return {
    case: "recipes",
    pair,
    unit: "events/s",
    value: rate(symmetric),
    baseline: simplest,
    ratio: ratio(rate(symmetric), simplest),
    p50Ms: null,
    p99Ms: null,
    slowestSymmetric: symmetric,
    slowestAsymmetric: asymmetric,
    asymmetricRatio: ratio(rate(asymmetric), simplest),
    ofEach: Object.fromEntries(all.map((key) => [key, rate(key)])),
  };
}

/** A hook that verifies as this provider, and requests signed for it. */
async function prepare(place: Place, key: string, requestsFile: string): Promise<{ url: string; requestsFile: string }> {
  const provider = providerNamed(key);
  if (!provider) throw new AppError("internal", `the library has no provider ${key}`);
  const { dedupe: _, batch: __, ...recipe } = provider.recipe;
  const pair = keyPairFor(key);
  const secret = recipe.kind === "basic" ? "user:password" : secretText;
  const foundation = await place.foundation();
  const { hook } = await publishHookFlow(foundation, { ...pureFlow, name: key, recipe, secret: false });
  await setHookSecret(foundation, hook, pair?.publicKey ?? secret);
  await foundation.pair.close();
  const url = `${place.url}/hooks/${hook}`;
  const requests = Array.from({ length: requestCount }, (_, index) => written(recipe, pair?.privateKey ?? secret, url, index));
  writeFileSync(requestsFile, JSON.stringify(requests));
  return { url, requestsFile };
}

function written(recipe: SignatureRecipe, key: Parameters<typeof signDelivery>[1], url: string, index: number): string {
  const body = JSON.stringify({ id: `evt_${index}`, type: "invoice.paid", email: "a@b.example", n: 7, list: [1, 2, 3] }).padEnd(
    bodyBytes,
  );
  const request = {
    method: "POST",
    url,
    headers: { "content-type": "application/json" },
    body: Buffer.from(body),
    id: `evt_${index}`,
  };
  const signed = signDelivery(recipe, key, request, Date.now());
  if (!signed) throw new AppError("internal", "this kind cannot be signed here");
  const { pathname, search, host } = new URL(signed.url);
  const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n${lines.join("")}\r\n${body}`;
}
