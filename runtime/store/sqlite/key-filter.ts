import { hash } from "node:crypto";

/** What a filter looks at of a key: two halves of 64 bits of its SHA-256. */
export type KeyHash = { first: number; step: number };

/** A Bloom filter (CACM 13, 7, 1970): never says no to a key that was added, and seldom yes to another. */
export type KeyFilter = { add(key: KeyHash): void; has(key: KeyHash): boolean; bytes(): Buffer };

/** With 20 bits for each key and 7 of them looked at, one key of 5,000 gets a yes by mistake. */
const bitsPerKey = 20;
const looks = 7;

/** A NUL keeps scope and key apart: no scope has one. */
export function keyHash(scope: string, key: string): KeyHash {
  const digest = hash("sha256", `${scope}\0${key}`, "buffer");
  // An odd step reaches every bit, since their number is a power of two.
  return { first: digest.readUInt32LE(0), step: digest.readUInt32LE(4) | 1 };
}

/** An empty filter for so many keys. */
export function createKeyFilter(keys: number): KeyFilter {
  return filterOf(new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(64, keys * bitsPerKey))) / 32));
}

/** The filter that gave these bytes. */
export function readKeyFilter(bytes: Uint8Array): KeyFilter {
  return filterOf(new Uint32Array(Uint8Array.from(bytes).buffer));
}

function filterOf(words: Uint32Array): KeyFilter {
  const mask = words.length * 32 - 1;
  return {
    add({ first, step }) {
      for (let look = 0, at = first; look < looks; look += 1, at += step) {
        const bit = at & mask;
        words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
      }
    },
    has({ first, step }) {
      for (let look = 0, at = first; look < looks; look += 1, at += step) {
        const bit = at & mask;
        if (((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
      }
      return true;
    },
    bytes: () => Buffer.from(words.buffer),
  };
}
