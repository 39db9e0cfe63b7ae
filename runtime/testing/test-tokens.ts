import type { NewToken, NoToken, StoredToken, TokenStore } from "../connections/token-store.ts";
import type { Lease } from "../store/lease.ts";

/** A token store and leases in memory, as several processes would share them. */
export type TestTokens = {
  rows: Map<string, StoredToken | NoToken>;
  /** What was noted of a connection beside its token, in order. */
  notes: string[];
  store: TokenStore;
  lease: Lease;
};

export function createTestTokens(): TestTokens {
  const rows = new Map<string, StoredToken | NoToken>();
  const notes: string[] = [];
  const held = new Set<string>();
  const swap = (connection: string, expected: number, row: StoredToken | NoToken): boolean => {
    if ((rows.get(connection)?.version ?? 0) !== expected) return false;
    rows.set(connection, row);
    return true;
  };
  const store: TokenStore = {
    read: async (connection) => rows.get(connection) ?? null,
    save: async (connection, { place, authorizedAt, ...token }: NewToken, expected) => {
      const saved = swap(connection, expected, { ...token, version: expected + 1 });
      if (saved && place) notes.push(`${JSON.stringify(place.variables)} at ${place.origin}`);
      if (saved && authorizedAt !== undefined) notes.push("authorized");
      return saved;
    },
    giveUp: async (connection, message, expected) => {
      notes.push(`given up: ${message}`);
      return swap(connection, expected, { token: null, version: expected + 1 });
    },
    cool: async (connection, coolingUntil, message) => {
      const row = rows.get(connection) ?? { token: null, version: 0 };
      rows.set(connection, { ...row, coolingUntil });
      if (message !== null) notes.push(message);
    },
  };
  const lease: Lease = {
    take: async (key) => {
      if (held.has(key)) return null;
      held.add(key);
      return { release: async () => void held.delete(key) };
    },
  };
  return { rows, notes, store, lease };
}
