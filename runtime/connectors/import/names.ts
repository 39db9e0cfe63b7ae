/** Gives each operation a slug of its own, at most 63 characters: `exact` while that is free, else one made of `wanted`. */
export function createKeys(): (wanted: string, exact?: string) => string {
  const taken = new Set<string>();
  return (wanted, exact) => {
    const key = freeKey(exact ?? slugOf(wanted, "endpoint"), taken);
    taken.add(key);
    return key;
  };
}

/** The slug, or the first of `slug-2`, `slug-3` … that is not taken. */
export function freeKey(slug: string, taken: ReadonlySet<string>): string {
  let key = slug;
  for (let count = 2; taken.has(key); count++) key = `${slug.slice(0, 62 - String(count).length).replace(/-+$/, "")}-${count}`;
  return key;
}

/** Lower-case letters, digits and hyphens, beginning with a letter: `listPets` → `list-pets`; `fallback` when none is left. */
export function slugOf(text: string, fallback: string): string {
  const words = wordsOf(text.normalize("NFKD").replace(/\p{M}/gu, "")).join("-").toLowerCase();
  const slug = words.replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+/, "");
  return slug.slice(0, 63).replace(/-+$/, "") || fallback;
}

/** `listPetsById`, `list_pets_by_id` → `List pets by id`. */
export function humanise(text: string): string {
  const words = wordsOf(text).map((word) => (/^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase()));
  const sentence = words.join(" ").slice(0, 120);
  return sentence.charAt(0).toUpperCase() + sentence.slice(1) || text.slice(0, 120) || "Unnamed";
}

function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
