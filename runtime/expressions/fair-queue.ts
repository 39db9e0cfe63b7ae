/** What waits, by whose it is. */
export type FairQueue<Item> = {
  /** Is there anything that `may` be taken? */
  has(may: (key: string) => boolean): boolean;
  add(key: string, item: Item): void;
  /** Takes the item that is next in turn among the keys that `may` have one; undefined when there is none. */
  take(may: (key: string) => boolean): Item | undefined;
  /** Takes an item out; false when it waits no more. */
  remove(key: string, item: Item): boolean;
  /** Takes out all there are. */
  clear(): Item[];
};

/** First come first served within a key, and the keys in turn: whoever asks for a thousand things holds nobody else up. */
export function createFairQueue<Item>(): FairQueue<Item> {
  const waiting = new Map<string, Item[]>();
  return {
    has: (may) => [...waiting.keys()].some(may),
    add(key, item) {
      const items = waiting.get(key);
      if (items) items.push(item);
      else waiting.set(key, [item]);
    },
    take(may) {
      for (const [key, items] of waiting) {
        if (!may(key)) continue;
        const item = items.shift();
        // Behind the others, where it begins anew when more is added.
        waiting.delete(key);
        if (items.length > 0) waiting.set(key, items);
        return item;
      }
      return undefined;
    },
    remove(key, item) {
      const items = waiting.get(key);
      const index = items?.indexOf(item) ?? -1;
      if (!items || index < 0) return false;
      items.splice(index, 1);
      if (items.length === 0) waiting.delete(key);
      return true;
    },
    clear() {
      const all = [...waiting.values()].flat();
      waiting.clear();
      return all;
    },
  };
}
