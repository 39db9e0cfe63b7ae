/** A free slug for an endpoint, from its display name. */
export function endpointKey(name: string, taken: readonly string[]): string {
  const slug =
    name
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^[^a-z]+|-+$/g, "")
      .slice(0, 58) || "endpoint";
  let key = slug;
  for (let number = 2; taken.includes(key); number++) key = `${slug}-${number}`;
  return key;
}
