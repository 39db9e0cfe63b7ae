import type { Refusals } from "../events/refusals.ts";
import type { Clock } from "../ids.ts";
import type { Received } from "./accept-delivery.ts";
import type { Refused } from "./verify/delivery.ts";
import { explainRefusal } from "./verify/explain-refusal.ts";
import { maskHeaders } from "./verify/mask-headers.ts";

type Deps = { refusals: Refusals; clock: Clock };

/** Tells the operator why a delivery was refused. `why`: said instead of the rule's own words. */
export function noteRefusal(
  { refusals, clock }: Deps,
  { hook, delivery, headers, requestId }: Received,
  { refusal, remoteAddress, why }: { refusal: Refused; remoteAddress: string | null; why?: string },
): void {
  const noted = {
    id: requestId,
    at: clock(),
    hook: hook.id,
    flow: hook.flow,
    reason: refusal.reason,
    explanation: why ?? explainRefusal(refusal.reason, hook.recipe, refusal.header),
    headers: maskHeaders(headers, hook.recipe),
    size: delivery.body.length,
    remoteAddress,
  };
  refusals.add(hook.workspace, noted, { method: delivery.method, url: delivery.url, headers, body: delivery.body });
}
