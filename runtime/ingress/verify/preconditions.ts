import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { type Delivery, type Refused, refused } from "./delivery.ts";
import { readHeader } from "./reading.ts";

/** Prepares what every kind of recipe asks for before anything is computed: required headers and media types. */
export function compilePreconditions({ requiredHeaders, contentTypes }: SignatureRecipe): (delivery: Delivery) => Refused | null {
  const required = [...new Set(requiredHeaders.map((name) => name.toLowerCase()))];
  const types = contentTypes === undefined ? null : new Set(contentTypes.map((type) => type.toLowerCase()));
  return (delivery) => {
    for (const name of required) {
      const value = readHeader(delivery, name);
      if ("outcome" in value) return value;
    }
    if (types === null) return null;
    const [type = ""] = (delivery.headers("content-type") ?? "").split(";", 1);
    return types.has(type.trim().toLowerCase()) ? null : refused("wrong_content_type", "content-type");
  };
}
