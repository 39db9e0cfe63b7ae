import { hash } from "node:crypto";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { readPath } from "../../../shared/flow/expression.ts";
import { compilePlace, pathOf, type Reading } from "./reading.ts";

type DedupeCandidate = NonNullable<SignatureRecipe["dedupe"]>["candidates"][number];
/** Reads one candidate's id out of a delivery, or of an item of a batch; null when there is none that can be used. */
type ReadId = (reading: Reading) => string | null;

const printable = /^[\x20-\x7e]{1,200}$/;

/**
 * Prepares the search for the provider's event id, for a delivery whose signature is right. The key is null when the recipe
 * declares no candidate or none is usable. Throws `invalid_document` when a body path cannot be read.
 */
export function compileDedupeKey({ dedupe }: SignatureRecipe): (reading: Reading) => string | null {
  const candidates = (dedupe?.candidates ?? []).map(compileCandidate);
  return (reading) => {
    for (const read of candidates) {
      const key = read(reading);
      if (key !== null) return key;
    }
    return null;
  };
}

function compileCandidate(candidate: DedupeCandidate): ReadId {
  switch (candidate.in) {
    case "header": {
      const name = candidate.name.toLowerCase();
      return ({ headers }) => keyOf(`header:${name}:`, headers(name));
    }
    case "query":
    case "form": {
      const read = compilePlace(candidate);
      return (reading) => {
        const value = read(reading);
        return "outcome" in value ? null : keyOf(`${candidate.in}:${candidate.name}:`, value.text);
      };
    }
    case "body": {
      const path = pathOf(candidate.path);
      return (reading) => keyOf(`body:${candidate.path}:`, readPath(reading.json(), path));
    }
    case "bodies": {
      const paths = candidate.paths.map(pathOf);
      const prefix = `bodies:${candidate.paths.join(",")}:`;
      return (reading) => {
        const ids = paths.map((path) => usable(readPath(reading.json(), path)));
        // As JSON, so that no two lists of ids can look the same.
        return ids.includes(null) ? null : prefix + JSON.stringify(ids);
      };
    }
    case "body-hash":
      return ({ body }) => `body-hash:${hash("sha256", body, "base64url")}`;
  }
}

function keyOf(prefix: string, value: unknown): string | null {
  const id = usable(value);
  return id === null ? null : prefix + id;
}

/**
 * Only an id that is kept whole may stand for its event: one cut to fit, or an integer that JSON.parse has rounded, could swallow
 * another event. Such a delivery is taken in without a key instead.
 */
function usable(id: unknown): string | null {
  if (typeof id === "number") return Number.isSafeInteger(id) ? String(id) : null;
  return typeof id === "string" && printable.test(id) && id.trim() !== "" ? id : null;
}
