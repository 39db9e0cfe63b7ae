import type { Guard, Refusal } from "./guard.ts";

/** Where the calls of one base URL go, judged once. */
export type CallOrigin = { origin: string; prefix: string; refusal: Refusal | null };

/** Characters that stand in a URL's path and query as they are; `#` and `\` would be read differently by a URL parser. */
const plain = /^[\x21\x22\x24-\x5b\x5d-\x7e]*$/;

/** Remembers the origin of each base URL, so that the hot path parses no URL. */
export function createCallOrigins(guard: Guard): (baseUrl: string) => CallOrigin {
  const known = new Map<string, CallOrigin>();
  return (baseUrl) => {
    const found = known.get(baseUrl);
    if (found) return found;
    // Base URLs come from documents that people edit, so the memory is bounded.
    if (known.size >= 1_000) known.clear();
    const made = originOf(baseUrl, guard);
    known.set(baseUrl, made);
    return made;
  };
}

/** Path and query of `url` when it lies within the origin; null when it would leave it. */
export function pathWithin(url: string, { origin, prefix }: CallOrigin): string | null {
  // A prefix that ends in "/" closes the authority, so what follows cannot change the host.
  if (url.startsWith(prefix) && plain.test(url)) return url.slice(origin.length);
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  return parsed.origin === origin ? parsed.pathname + parsed.search : null;
}

function originOf(baseUrl: string, guard: Guard): CallOrigin {
  if (!URL.canParse(baseUrl)) {
    const refusal = { reason: "host", message: `"${baseUrl}" is not a URL` };
    return { origin: "", prefix: "/", refusal };
  }
  const url = new URL(baseUrl);
  return { origin: url.origin, prefix: `${url.origin}/`, refusal: guard.refuse(url) };
}
