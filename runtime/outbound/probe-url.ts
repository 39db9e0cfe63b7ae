import { createClient } from "./client.ts";
import { createGuard, type ResolveAll } from "./guard.ts";
import { wireHeaders } from "./wire-headers.ts";

export type Probed =
  | { outcome: "answered"; status: number; headers: Record<string, string> }
  /** An address that no one outside could reach, or that calls may not go to. */
  | { outcome: "blocked"; message: string }
  | { outcome: "unreachable"; message: string };
export type ProbeUrl = (url: string, headers: Record<string, string>) => Promise<Probed>;

const timeoutMs = 10_000;
const mostBytes = 16_384;

/** Asks a public URL once through the guard, without credentials and without following redirects. Rejects never. */
export function createProbeUrl(allowedHttpHosts: string[], resolveAll?: ResolveAll): ProbeUrl {
  const guard = createGuard(allowedHttpHosts, resolveAll);
  const client = createClient(guard);
  return async (url, headers) => {
    const target = new URL(url);
    const refusal = guard.refuse(target);
    if (refusal) return { outcome: "blocked", message: refusal.message.replace("the base URL", "the public URL") };
    const made = wireHeaders({ headers }, null, {});
    if ("problem" in made) return { outcome: "unreachable", message: made.problem };
    const request = {
      origin: target.origin,
      path: target.pathname + target.search,
      method: "GET",
      headers: made.headers,
      body: null,
    };
    const sent = await client.send({ ...request, maxBytes: mostBytes, timeoutMs, signal: AbortSignal.timeout(timeoutMs) });
    switch (sent.sent) {
      case "received":
        return { outcome: "answered", status: sent.status, headers: sent.headers };
      case "blocked":
        return { outcome: "blocked", message: sent.refusal.message };
      case "withheld":
      case "canceled":
        return { outcome: "unreachable", message: `no answer within ${timeoutMs} ms` };
      case "unsent":
      case "broken":
      case "timed-out":
      case "too-large":
        return { outcome: "unreachable", message: sent.message };
    }
  };
}
