const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The parsed body; undefined when it is no JSON in UTF-8. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // Whatever is looked for in it is missing, and what is missing is refused.
    return undefined;
  }
}
