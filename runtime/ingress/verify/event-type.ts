import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { compilePlace, type Reading } from "./reading.ts";

const maxLength = 200;

/** Prepares the search for an event's type; null when there is none, or none that can be shown. */
export function compileEventType({ eventType }: SignatureRecipe): (reading: Reading) => string | null {
  if (eventType === undefined) return () => null;
  const read = compilePlace(eventType);
  return (reading) => {
    const value = read(reading);
    return "outcome" in value || value.text.length > maxLength ? null : value.text;
  };
}
