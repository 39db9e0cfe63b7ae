import type { SignaturePlace } from "../../../shared/event/signature-recipe.ts";
import { type Refused, refused } from "./delivery.ts";
import { compilePlace, type Reading, type ReadPlace, type Value } from "./reading.ts";

const maxItems = 20;

/** What stands where the signature is: texts of which any may match, and the other fields of a list, e.g. `t` of `t=1,v1=…`. */
export type SignedValue = { texts: Value[]; fields: Map<string, Value> | null; header: string | null };

/**
 * Prepares the search for the signature. Missing, without its prefix, in too many items (20) or sent twice where no list is declared:
 * refused. Of several places those that are there count.
 */
export function compileSignedValue({ places, valuePrefix, list }: SignaturePlace): (reading: Reading) => SignedValue | Refused {
  const readers = places.map((place) => ({
    read: compilePlace(place),
    header: place.in === "header" ? place.name.toLowerCase() : null,
  }));
  const cut = list ? cutList(list, valuePrefix) : cutSingle(valuePrefix);
  const [first] = readers;
  if (first && readers.length === 1) return (reading) => readOne(reading, first, cut);
  return (reading) => {
    const found: SignedValue = { texts: [], fields: null, header: null };
    let problem: Refused | null = null;
    for (const reader of readers) {
      const one = readOne(reading, reader, cut);
      if ("outcome" in one) problem = worse(problem, one);
      else {
        found.texts.push(...one.texts);
        found.header ??= one.header;
        if (one.fields && found.fields) return refused("duplicate_header", one.header);
        found.fields ??= one.fields;
      }
    }
    if (found.texts.length > maxItems) return refused("too_many_items", found.header);
    return found.texts.length > 0 ? found : (problem ?? refused("missing_value"));
  };
}

type Cut = (value: Value, header: string | null) => SignedValue | Refused;

function readOne(
  reading: Reading,
  { read, header }: { read: ReadPlace; header: string | null },
  cut: Cut,
): SignedValue | Refused {
  const value = read(reading);
  return "outcome" in value ? value : cut(value, header);
}

/** What is there but wrong says more than what is not there. */
function worse(before: Refused | null, now: Refused): Refused {
  return before === null || before.reason === "missing_header" || before.reason === "missing_value" ? now : before;
}

function cutSingle(prefix: string): Cut {
  return ({ text, latin1 }, header) => {
    const prefixed = text.startsWith(prefix);
    const rest = prefixed ? text.slice(prefix.length) : text;
    // A header sent twice arrives joined. Which of the two the provider meant is a guess, so neither counts.
    if (latin1 && rest.includes(", ")) return refused("duplicate_header", header);
    return prefixed ? { texts: [{ text: rest, latin1 }], fields: null, header } : refused("bad_prefix", header);
  };
}

function cutList({ item, key, keys }: NonNullable<SignaturePlace["list"]>, prefix: string): Cut {
  const names = new Set(keys);
  return ({ text, latin1 }, header) => {
    const items = text.split(item);
    if (items.length > maxItems) return refused("too_many_items", header);
    const texts: Value[] = [];
    const fields = key === undefined ? null : new Map<string, Value>();
    for (const each of items) {
      const at = key === undefined ? -1 : each.indexOf(key);
      if (key !== undefined && at === -1) continue;
      const name = key === undefined ? null : each.slice(0, at);
      const value = key === undefined ? each : each.slice(at + key.length);
      if (name !== null && !names.has(name)) {
        // A field twice: which of the two was signed would be a guess.
        if (fields?.has(name)) return refused("duplicate_header", header);
        fields?.set(name, { text: value, latin1 });
      } else if (value.startsWith(prefix)) texts.push({ text: value.slice(prefix.length), latin1 });
    }
    return texts.length > 0 ? { texts, fields, header } : refused("bad_prefix", header);
  };
}
