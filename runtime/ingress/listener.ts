import type { Listener } from "../../shared/api/subscriptions.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import type { LoadedHook } from "./load-hook.ts";

/** What would become of a delivery to a hook now, and why. */
export function listenerOf(hook: LoadedHook, now: number): Listener {
  const closed = (reason: string): Listener => ({ state: "closed", reason });
  if (hook.gone) return closed("Its subscription has ended: deliveries are answered 410.");
  if (!hook.compiled) return closed("It has no secret yet: deliveries are answered 503, so that they are sent again.");
  const current = hook.secrets.some(({ expiresAt }) => expiresAt === null || now < expiresAt);
  if (needsSecret(hook.recipe) && !current) return closed("Its secret has run out: deliveries are answered 503.");
  if (hook.kind === "global" && hook.flow === null)
    return { state: "listening", reason: "Events go to the subscriptions that they name." };
  if (hook.version === null) return { state: "storing", reason: "The flow is not published: events are kept and start nothing." };
  if (hook.paused) return { state: "held", reason: "The flow is paused: events are kept, and start when it goes on." };
  if (hook.state === "pending") return { state: "listening", reason: "The provider is being asked to subscribe." };
  if (hook.state === "failed")
    return { state: "listening", reason: "The provider refuses to subscribe; what it sends would be taken." };
  return { state: "listening", reason: "Events start the published version." };
}
