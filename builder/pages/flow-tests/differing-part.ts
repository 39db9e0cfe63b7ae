/** Where two texts differ: what they begin and end with alike is left around it. */
export type DifferingPart = { head: string; before: string; after: string; tail: string };

/** Finds the middle that differs, so that a reader of two long values need not search for it. Characters are never cut in two. */
export function differingPart(before: string, after: string): DifferingPart {
  const [old, now] = [[...before], [...after]];
  const least = Math.min(old.length, now.length);
  let start = 0;
  while (start < least && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < least - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const middle = (text: string[]) => text.slice(start, text.length - end).join("");
  return {
    head: old.slice(0, start).join(""),
    before: middle(old),
    after: middle(now),
    tail: old.slice(old.length - end).join(""),
  };
}
