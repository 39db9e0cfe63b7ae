import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { compilePlace, type Reading } from "./reading.ts";

/** What every database keeps as it is. */
const kept = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/** Prepares the search for an event's type; null when there is none, or none that can be shown. */
export function compileEventType({ eventType }: SignatureRecipe): (reading: Reading) => string | null {
  if (eventType === undefined) return () => null;
  const read = compilePlace(eventType);
  return (reading) => {
    const value = read(reading);
    return "outcome" in value || !kept.test(value.text) ? null : value.text;
  };
}
