import { hash } from "node:crypto";
import type { SigningRecipe } from "../../../shared/event/signature-recipe.ts";
import { decodeStrict, sameBytes } from "./constant-time.ts";
import { type Refused, refused } from "./delivery.ts";
import { compilePlace, isForm, type Reading } from "./reading.ts";

type BodyHash = NonNullable<SigningRecipe["bodyHash"]>;

/**
 * Prepares the check of a body hash that is sent beside the body. A form may lack it where the recipe says so; one that is there must
 * be right, whatever the body claims to be.
 */
export function compileBodyHash({ from, algorithm, encoding, unlessForm }: BodyHash): (reading: Reading) => Refused | null {
  const read = compilePlace(from);
  const header = from.in === "header" ? from.name.toLowerCase() : null;
  return (reading) => {
    const value = read(reading);
    if ("outcome" in value) {
      const missing = value.reason === "missing_value" || value.reason === "missing_header";
      return missing && unlessForm && isForm(reading) ? null : value;
    }
    const sent = decodeStrict(value.text, encoding);
    if (sent === null) return refused("bad_encoding", header);
    return sameBytes(hash(algorithm, reading.body, "buffer"), sent) ? null : refused("body_hash_mismatch", header);
  };
}
