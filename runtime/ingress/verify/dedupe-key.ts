import { AppError } from "../../../shared/app-error.ts";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { parsePath, readPath } from "../../../shared/flow/expression.ts";
import type { Delivery } from "./delivery.ts";

/** Reads one candidate's id out of a delivery; `body` parses it on first use. */
type Candidate = { prefix: string; read: (delivery: Delivery, body: () => unknown) => unknown };

const printable = /^[\x20-\x7e]{1,200}$/;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Prepares the search for the provider's event id, for a delivery whose signature is right. The key is null when the recipe
 * declares no candidate or none is usable. Throws `invalid_document` when a body path cannot be read.
 */
export function compileDedupeKey(recipe: SignatureRecipe): (delivery: Delivery) => string | null {
  const candidates = (recipe.dedupe?.candidates ?? []).map((candidate): Candidate => {
    if (candidate.in === "header") {
      const name = candidate.name.toLowerCase();
      return { prefix: `header:${name}:`, read: (delivery) => delivery.headers(name) };
    }
    const path = parsePath(candidate.path);
    if (path === null) throw new AppError("invalid_document", `the dedupe path "${candidate.path}" cannot be read`);
    return { prefix: `body:${candidate.path}:`, read: (_, body) => readPath(body(), path) };
  });
  return (delivery) => {
    let parsed: { body: unknown } | null = null;
    const body = () => {
      parsed ??= { body: parseBody(delivery.body) };
      return parsed.body;
    };
    for (const { prefix, read } of candidates) {
      const id = usable(read(delivery, body));
      if (id !== null) return prefix + id;
    }
    return null;
  };
}

/**
 * Only an id that is kept whole may stand for its event: one cut to fit, or an integer that JSON.parse has rounded, could swallow
 * another event. Such a delivery is taken in without a key instead.
 */
function usable(id: unknown): string | null {
  if (typeof id === "number") return Number.isSafeInteger(id) ? String(id) : null;
  return typeof id === "string" && printable.test(id) && id.trim() !== "" ? id : null;
}

function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // A body that is no JSON has no id in it; the event keeps its bytes either way.
    return undefined;
  }
}
