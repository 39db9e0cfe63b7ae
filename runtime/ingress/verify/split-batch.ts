import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { type Delivery, type Refused, refused } from "./delivery.ts";
import { itemTexts } from "./item-texts.ts";
import { pathOf, type Reading, readingOf } from "./reading.ts";

/** One event of a delivery: its JSON text as it was sent. */
export type SplitItem = { body: Buffer; dedupeKey: string | null; eventType: string | null };
export type Split = { items: SplitItem[] };
type Readers = { dedupeKey(reading: Reading): string | null; eventType(reading: Reading): string | null };

/**
 * Prepares the cutting of a verified delivery into events. Without a batch it is one. In a batch paths are those within an item, a key
 * that does not come out of the item gets the item's number, and an item whose key was there before is left out. A body that is no
 * such list, or a longer one than the recipe allows, is refused whole: `batch_unreadable`.
 */
export function compileSplit(
  { batch }: SignatureRecipe,
  { dedupeKey, eventType }: Readers,
): (delivery: Delivery) => Split | Refused {
  if (batch === undefined)
    return (delivery) => {
      const reading = readingOf(delivery);
      const body = Buffer.from(delivery.body.buffer, delivery.body.byteOffset, delivery.body.byteLength);
      return { items: [{ body, dedupeKey: dedupeKey(reading), eventType: eventType(reading) }] };
    };
  const path = batch.path === "" ? [] : pathOf(batch.path);
  return (delivery) => {
    const texts = itemTexts(delivery.body, path, batch.maxItems);
    if (texts === null) return refused("batch_unreadable");
    const known = new Set<string>();
    const items: SplitItem[] = [];
    for (const [index, body] of texts.entries()) {
      const reading = readingOf({ ...delivery, body });
      const found = dedupeKey(reading);
      const key = found !== null && !/^bod(?:y|ies)/.test(found) ? `${found}#${index}` : found;
      if (key !== null && known.has(key)) continue;
      if (key !== null) known.add(key);
      items.push({ body, dedupeKey: key, eventType: eventType(reading) });
    }
    return { items };
  };
}
