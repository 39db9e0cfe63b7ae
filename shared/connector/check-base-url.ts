import { z } from "zod";

const HttpUrl = z.url({ protocol: /^https?$/ });

/** Why a base URL cannot be used, or null. `allowedHttpHosts`: the operator's `host:port` pairs that may be called over http. */
export function baseUrlProblem(text: string, allowedHttpHosts: string[]): string | null {
  const [, scheme = "", authority = "", rest = ""] = /^([a-z]+):\/\/([^/?#]*)(.*)$/i.exec(text) ?? [];
  if (!HttpUrl.safeParse(text).success || authority === "")
    return "must be an absolute URL with the root domain or subdomain of the API, e.g. https://api.example.com";
  // URL parsers change or drop these, so that calls would go to another host than people read here.
  if (/[^\x21-\x7e]|\\/.test(text) || authority.includes("%"))
    return "must hold plain letters only, no white space and no backslash; an international host is written as xn--…";
  if (authority.includes("@")) return "must hold no user name and no password: they belong to a connection";
  if (/[?#]/.test(rest)) return "must have no query and no fragment: they belong to endpoints";
  const host = authority.toLowerCase();
  if (scheme.toLowerCase() === "https" || allowedHttpHosts.includes(/:\d+$/.test(host) ? host : `${host}:80`)) return null;
  return 'must use https: nothing is sent over http (seen elsewhere as "Request Timeout")';
}
