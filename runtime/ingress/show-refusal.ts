import type { Refusal } from "../../shared/api/events.ts";
import type { Detection } from "../../shared/api/webhooks.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Captured } from "../events/refusals.ts";
import type { Clock } from "../ids.ts";
import { createRedactor, type Redactor } from "../outbound/redact.ts";
import type { LoadedHook, LoadHook } from "./load-hook.ts";
import type { Delivery } from "./verify/delivery.ts";
import { detectRecipe } from "./verify/detect.ts";
import { maskHeaders, maskQuery } from "./verify/mask-headers.ts";
import { type ShownContent, signedContentShown } from "./verify/show-signed-content.ts";

type Shown = {
  refusal: Refusal;
  request: { method: string; path: string; headers: Record<string, string>; body: string; cut: boolean } | null;
  signedContent: ShownContent | null;
};

/** Characters of a body that are shown. */
const mostCharacters = 16_384;

/** Why a delivery was refused, with what was sent, credentials masked, and what we would have signed. */
export async function showRefusal(
  { loadHook }: { loadHook: LoadHook },
  { refusal, request }: { refusal: Refusal; request: Captured | null },
): Promise<Shown> {
  if (!request) return { refusal, request: null, signedContent: null };
  // The recipe of now: it may have been mended meanwhile, which is what one wants to see.
  const hook = await loadHook(refusal.hook);
  const { pathname, searchParams } = new URL(request.url);
  const query: Record<string, string[]> = {};
  for (const name of searchParams.keys()) query[name] = searchParams.getAll(name);
  const shown = Object.entries(maskQuery(query, hook?.recipe ?? null)).map(([name, value]) => `${name}=${value}`);
  const { text } = redactorOf(hook);
  const body = text(Buffer.from(request.body).toString("utf8"));
  const headers = Object.entries(maskHeaders(request.headers, hook?.recipe ?? null));
  const signed = hook && signedContentShown(hook.recipe, deliveryOf(request));
  return {
    refusal,
    request: {
      method: request.method,
      path: text(shown.length === 0 ? pathname : `${pathname}?${shown.join("&")}`),
      headers: Object.fromEntries(headers.map(([name, value]) => [name, text(value)])),
      body: body.slice(0, mostCharacters),
      cut: body.length > mostCharacters,
    },
    signedContent: signed && { ...signed, text: text(signed.text) },
  };
}

/** Hides the secrets of a hook: some providers send them inside what they send. */
export function redactorOf(hook: LoadedHook | null): Redactor {
  const { secrets = [], verifyToken = null } = hook ?? {};
  return createRedactor([...secrets.map(({ secret }) => secret), ...(verifyToken === null ? [] : [verifyToken])]);
}

/**
 * What a refused request is signed with, searched with its hook's own current secret. Throws `conflict` when the request is not kept on
 * this node, or the hook has no secret.
 */
export async function detectInRefusal(
  { loadHook, clock }: { loadHook: LoadHook; clock: Clock },
  { refusal, request }: { refusal: Refusal; request: Captured | null },
): Promise<Detection> {
  if (!request)
    throw new AppError("conflict", "the request itself is not kept here: it came in on another node, or others have come since");
  const secret = (await loadHook(refusal.hook))?.secrets[0]?.secret;
  if (secret === undefined) throw new AppError("conflict", "the hook has no secret to search with");
  return detectIn({ request: { ...request, body: Buffer.from(request.body) }, secret, now: clock() });
}

/** As the API gives it: near misses without their recipes. */
export function detectIn(input: Parameters<typeof detectRecipe>[0]): Detection {
  const { matched, candidates, reason } = detectRecipe(input);
  return { matched, candidates: candidates.map(({ name, problem }) => ({ name, problem })), reason };
}

function deliveryOf({ method, url, headers, body }: Captured): Delivery {
  return { method, url, headers: (name) => (Object.hasOwn(headers, name) ? (headers[name] ?? null) : null), body };
}
