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

/** Equality with a token in a header. */
const simplest = "gitlab";
const kinds = {
  symmetric: ["github", "stripe", "standard-webhooks", "square", "hubspot-v2", "livekit", "pipedrive"],
  asymmetric: ["telnyx", "sendgrid", "wise", "plaid"],
};
const others = [...kinds.symmetric, ...kinds.asymmetric];
const bodyBytes = 2_048;
/** Sent in turn. Without an event's id each is an event of its own. */
const requestCount = 200;
const rounds = 7;
const secretText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/**
 * Events taken in per second with a recipe of each kind, on one server: each against the simplest, which is measured before and after
 * it, since the database grows and the machine is shared. Medians of the rounds. The figure is the slowest symmetric kind; the slowest
 * asymmetric one stands beside it. Signed beforehand, so that the sender is as fast with each.
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
  const hooks = new Map<string, Hook>();
  for (const key of [simplest, ...others]) hooks.set(key, await prepare(place, key));
  const part = {
    connections: 64,
    bodyBytes,
    warmUpSeconds: 0.5,
    rate: null,
    secret: "",
    seconds: Math.max(1, seconds / rounds / (others.length * 2 + 1)),
  };
  const take = async (key: string) => {
    const requestsFile = join(folder, `${key}.json`);
    return (await runLoad({ ...part, url: hooks.get(key)?.url ?? "", requestsFile })).perSecond;
  };
  const rates = new Map<string, number[]>();
  const shares = new Map<string, number[]>();
  const add = (to: Map<string, number[]>, key: string, value: number) => to.set(key, [...(to.get(key) ?? []), value]);
  for (let round = 0; round < rounds; round += 1) {
    // Anew: what was signed minutes ago is refused.
    for (const [key, hook] of hooks) writeFileSync(join(folder, `${key}.json`), JSON.stringify(requestsOf(hook)));
    let before = await take(simplest);
    for (const key of others) {
      const rate = await take(key);
      const after = await take(simplest);
      add(rates, key, rate);
      add(rates, simplest, after);
      add(shares, key, ratio(rate, (before + after) / 2));
      before = after;
    }
  }
  const rate = (key: string) => median(rates.get(key) ?? []);
  const share = (key: string) => median(shares.get(key) ?? []);
  const slowest = (keys: string[]) => keys.reduce((one, other) => (share(other) < share(one) ? other : one));
  const [symmetric, asymmetric] = [slowest(kinds.symmetric), slowest(kinds.asymmetric)];
  return {
    case: "recipes",
    pair,
    unit: "events/s",
    value: rate(symmetric),
    baseline: rate(simplest),
    ratio: share(symmetric),
    p50Ms: null,
    p99Ms: null,
    slowestSymmetric: symmetric,
    slowestAsymmetric: asymmetric,
    asymmetricRatio: share(asymmetric),
    ofEach: Object.fromEntries(others.map((key) => [key, { perSecond: rate(key), ratio: share(key) }])),
  };
}

type Hook = { url: string; recipe: SignatureRecipe; key: Parameters<typeof signDelivery>[1] };

/** A hook that verifies as this provider. */
async function prepare(place: Place, key: string): Promise<Hook> {
  const provider = providerNamed(key);
  if (!provider) throw new AppError("internal", `the library has no provider ${key}`);
  const { dedupe: _, batch: __, ...recipe } = provider.recipe;
  const pair = keyPairFor(key);
  const secret = recipe.kind === "basic" ? "user:password" : secretText;
  const foundation = await place.foundation();
  const { hook } = await publishHookFlow(foundation, { ...pureFlow, name: key, recipe, secret: false });
  await setHookSecret(foundation, hook, pair?.publicKey ?? secret);
  await foundation.pair.close();
  return { url: `${place.url}/hooks/${hook}`, recipe, key: pair?.privateKey ?? secret };
}

function requestsOf(hook: Hook): string[] {
  return Array.from({ length: requestCount }, (_, index) => written(hook, index));
}

function written({ url, recipe, key }: Hook, index: number): string {
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
