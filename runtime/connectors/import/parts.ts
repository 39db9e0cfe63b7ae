const partLength = 256 * 1024;

/** A text in parts of at most `length` UTF-16 units; none ends between the halves of a surrogate pair, which UTF-8 could not keep. */
export function* partsOf(text: string, length = partLength): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = Math.min(start + length, text.length);
    const splits = end < text.length && isHighSurrogate(text.charCodeAt(end - 1));
    const next = splits ? end - 1 : end;
    yield text.slice(start, next);
    start = next;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
