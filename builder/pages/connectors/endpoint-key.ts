/** A free slug for an endpoint, or another part of a connector, from its display name; `otherwise` where no letter of it can be used. */
export function endpointKey(name: string, taken: readonly string[], otherwise = "endpoint"): string {
  const slug =
    name
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^[^a-z]+|-+$/g, "")
      .slice(0, 58) || otherwise;
  let key = slug;
  for (let number = 2; taken.includes(key); number++) key = `${slug}-${number}`;
  return key;
}
