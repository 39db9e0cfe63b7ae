import { z } from "zod";
import { HeaderName } from "./place.ts";
import { SignatureRecipe } from "./signature-recipe.ts";

/**
 * The five fields of Zoom's form without the secret. `prefix` belongs to the header's name: key `zoom_signature` and prefix `x-` are
 * the header `x-zoom_signature`. Without an algorithm the value is a shared token.
 */
export const ZoomFields = z
  .object({
    key: z.string().trim().min(1, "enter the header with the signature").max(128, "at most 128 characters"),
    prefix: z.string().trim().max(128, "at most 128 characters").default(""),
    algorithm: z.enum(["sha1", "sha256", "sha384", "sha512"]).optional(),
    encoding: z.enum(["hex", "base64", "base64url"]).optional(),
  })
  .refine(({ key, prefix }) => HeaderName.safeParse(prefix + key).success, {
    path: ["key"],
    error: "prefix and key together must be a header's name: letters, digits and -, no spaces",
  });
export type ZoomFields = z.infer<typeof ZoomFields>;

/** The recipe that five fields stand for; HMAC of the raw body in hex unless said otherwise. Throws a ZodError for an unusable name. */
export function recipeOfZoomFields({ key, prefix, algorithm, encoding = "hex" }: ZoomFields): SignatureRecipe {
  const signature = { places: [{ in: "header", name: prefix + key }] };
  return SignatureRecipe.parse(
    algorithm === undefined
      ? { kind: "token", signature }
      : { kind: "hmac", algorithm, encoding, signature, signedContent: [{ part: "body" }] },
  );
}

/**
 * The five fields of a recipe; null when it says more than they can. `prefix`: what the header's name is to be cut into, since a
 * recipe knows the whole name only.
 */
export function zoomFieldsOf(recipe: SignatureRecipe, prefix = ""): ZoomFields | null {
  if (recipe.kind !== "hmac" && recipe.kind !== "token") return null;
  const [place] = recipe.signature.places;
  if (place?.in !== "header") return null;
  const cut = place.name.startsWith(prefix) && place.name.length > prefix.length ? prefix : "";
  const named = { key: place.name.slice(cut.length), prefix: cut };
  const fields =
    recipe.kind === "token"
      ? named
      : recipe.algorithm === "md5"
        ? null
        : { ...named, algorithm: recipe.algorithm, encoding: recipe.encoding };
  // Whatever else the recipe says would be lost in the fields.
  return fields && JSON.stringify(sorted(recipeOfZoomFields(fields))) === JSON.stringify(sorted(recipe)) ? fields : null;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
