import type { UrlForm } from "../../../shared/event/signature-recipe.ts";

/** What HubSpot decodes before it signs (developers.hubspot.com, "Validate requests using the v3 request signature"). */
const decoded: Record<string, string> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};
const escapes = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;
const cut = /^([a-z]+):\/\/([^/?#:]*|\[[^\]]*\])(?::(\d+))?(.*)$/is;
const usualPort: Record<string, string> = { http: "80", https: "443" };

/** One of the ways in which providers write the URL that they sign. `path` and `host-and-path` keep the query as it was sent. */
export function urlIn(form: UrlForm, url: string): string {
  if (form === "as-is") return url;
  if (form === "decoded") return url.replace(escapes, (text) => decoded[text.toUpperCase()] ?? text);
  const [, scheme = "", host = "", port, rest = ""] = cut.exec(url) ?? [];
  switch (form) {
    case "with-port":
      return `${scheme}://${host}:${port ?? usualPort[scheme.toLowerCase()] ?? ""}${rest}`;
    case "without-port":
      return `${scheme}://${host}${rest}`;
    case "path":
      return rest;
    case "host-and-path":
      return `${host}${port === undefined ? "" : `:${port}`}${rest}`;
  }
}
