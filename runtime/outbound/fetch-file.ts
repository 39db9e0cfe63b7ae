import { createClient } from "./client.ts";
import { createGuard, type ResolveAll } from "./guard.ts";
import { decodeBody } from "./read-body.ts";
import type { Sent } from "./send.ts";
import { wireHeaders } from "./wire-headers.ts";

export type FetchedFile = { outcome: "fetched"; bytes: Buffer } | { outcome: "refused"; message: string };
/** Reads a public file. Sends no credentials of anybody; rejects never. */
export type FetchFile = (url: string, options: { maxBytes: number; signal: AbortSignal }) => Promise<FetchedFile>;

const mostRedirects = 3;
const timeoutMs = 30_000;

/** Fetches files through a guard of its own: https and public addresses only, on each redirect anew. */
export function createFetchFile(allowedHttpHosts: string[], resolveAll?: ResolveAll): FetchFile {
  const guard = createGuard(allowedHttpHosts, resolveAll);
  const client = createClient(guard);
  return async (url, { maxBytes, signal }) => {
    let target = url;
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      if (!URL.canParse(target)) return refused("its redirect leads to no URL");
      const { origin, pathname, search, username } = new URL(target);
      if (username !== "") return refused("the URL holds a user name: files are fetched without credentials");
      const blocked = guard.refuse(new URL(target));
      if (blocked) return refused(blocked.message.replace("the base URL", "the URL"));
      const made = wireHeaders({ headers: { accept: "*/*" } }, null, {});
      if ("problem" in made) return refused(made.problem);
      const request = { origin, path: pathname + search, method: "GET", headers: made.headers, body: null };
      const sent = await client.send({ ...request, maxBytes, timeoutMs, signal });
      if (sent.sent !== "received") return refused(reasonOf(sent));
      const { status, headers, body } = sent;
      const location = headers.location;
      if (status >= 300 && status < 400 && location !== undefined && URL.canParse(location, target)) {
        target = new URL(location, target).href;
        continue;
      }
      if (status !== 200) return refused(`the server answered ${status}`);
      const decoded = await decodeBody(body, headers["content-encoding"], maxBytes);
      if (decoded.decoded === "too-large") return refused("it is too large");
      if (decoded.decoded === "broken") return refused(decoded.message);
      return { outcome: "fetched", bytes: decoded.body };
    }
    return refused(`it is redirected more than ${mostRedirects} times`);
  };
}

function refused(reason: string): FetchedFile {
  return { outcome: "refused", message: `The file could not be fetched: ${reason}` };
}

function reasonOf(sent: Exclude<Sent, { sent: "received" }>): string {
  switch (sent.sent) {
    case "blocked":
      return sent.refusal.message;
    case "too-large":
      return "it is too large";
    case "withheld":
    case "canceled":
      return "it was given up";
    case "unsent":
    case "broken":
    case "timed-out":
      return sent.message;
  }
}
