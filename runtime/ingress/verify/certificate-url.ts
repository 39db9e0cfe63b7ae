import { isAllowedHost } from "../../../shared/event/allowed-host.ts";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { type Delivery, type Refused, refused } from "./delivery.ts";
import { compilePlace, readingOf } from "./reading.ts";

/**
 * Where the certificate of a delivery is: null when the recipe has a key of its own. Only https, on the usual port, without user info or
 * a query, which may make a host answer what others have written, on a host of the recipe's list; anything else is refused before any fetch (S19).
 */
export function compileCertificateUrl(recipe: SignatureRecipe): (delivery: Delivery) => URL | Refused | null {
  if (recipe.kind !== "rsa" || recipe.certificate === undefined) return () => null;
  const { from, hosts } = recipe.certificate;
  const read = compilePlace(from);
  const header = from.in === "header" ? from.name.toLowerCase() : null;
  return (delivery) => {
    const value = read(readingOf(delivery));
    if ("outcome" in value) return value;
    const url = URL.parse(value.text);
    const plain =
      url?.protocol === "https:" && url.username === "" && url.password === "" && url.port === "" && url.search === "";
    // A back slash, a line break or a blank is read by some parsers as what it is not.
    return url && plain && /^[!-[\]-~]+$/.test(value.text) && isAllowedHost(url.hostname, hosts)
      ? url
      : refused("certificate_refused", header);
  };
}
