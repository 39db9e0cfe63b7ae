type Link<T> = { value: T | null; before: Link<T> | null; after: Link<T> | null };

/**
 * What is in it now, for things that come and go thousands of times a second. A Set would do, but V8 keeps the tables that it has
 * outgrown, with all they held, until a major collection: every request would live that long.
 */
export function createChain<T>() {
  const head: Link<T> = { value: null, before: null, after: null };
  let size = 0;
  return {
    add(value: T): Link<T> {
      const link: Link<T> = { value, before: head, after: head.after };
      if (head.after) head.after.before = link;
      head.after = link;
      size += 1;
      return link;
    },
    remove(link: Link<T>): void {
      if (link.before === null) return;
      link.before.after = link.after;
      if (link.after) link.after.before = link.before;
      link.value = null;
      link.before = null;
      link.after = null;
      size -= 1;
    },
    size: () => size,
    values(): T[] {
      const values: T[] = [];
      for (let link = head.after; link; link = link.after) if (link.value !== null) values.push(link.value);
      return values;
    },
  };
}
