/** A recipe as version 0.4 stored it, in the shape of now: signature and timestamp were headers only. */
export function upgradeRecipe(stored: unknown): unknown {
  if (!isObject(stored)) return stored;
  const { signature, timestamp } = stored;
  return {
    ...stored,
    ...(isObject(signature) && "header" in signature && { signature: moved(signature, "places", (place) => [place]) }),
    ...(isObject(timestamp) && "header" in timestamp && { timestamp: moved(timestamp, "from", (place) => place) }),
  };
}

function moved({ header, ...rest }: Record<string, unknown>, to: string, as: (place: object) => unknown) {
  return { ...rest, [to]: as({ in: "header", name: header }) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
