export type ObjectType = "Contact" | "Company";

/** Which records an account has bought, and since when: what is free to enrich again, and what it hears of when it changes. */
export type ManagedRecords = {
  /** Notes that an account was given records; gives how many of them cost a credit. */
  redeem(account: string, type: ObjectType, ids: number[]): number;
  isManaged(account: string, type: ObjectType, id: number): boolean;
  /** Ids of this type that anybody manages now. */
  all(type: ObjectType): number[];
};

/**
 * A record is managed for 365 days from its first enrichment: enriching it again meanwhile is free and does not lengthen that, and on day
 * 366 it has to be bought anew (the documents' "anniversary date of the original enrichment").
 */
const managedMs = 365 * 86_400_000;

export function createManagedRecords(clock: () => number): ManagedRecords {
  /** By account and type: when each id was bought. */
  const bought = new Map<string, Map<number, number>>();
  const key = (account: string, type: ObjectType) => `${type} ${account}`;
  const isCurrent = (since: number | undefined) => since !== undefined && clock() < since + managedMs;
  return {
    redeem(account, type, ids) {
      const known = bought.get(key(account, type)) ?? new Map<number, number>();
      bought.set(key(account, type), known);
      let credits = 0;
      for (const id of ids) {
        if (isCurrent(known.get(id))) continue;
        known.set(id, clock());
        credits += 1;
      }
      return credits;
    },
    isManaged: (account, type, id) => isCurrent(bought.get(key(account, type))?.get(id)),
    all: (type) => {
      const ids = [...bought].flatMap(([name, known]) =>
        name.startsWith(`${type} `) ? [...known].flatMap(([id, since]) => (isCurrent(since) ? [id] : [])) : [],
      );
      return [...new Set(ids)];
    },
  };
}
