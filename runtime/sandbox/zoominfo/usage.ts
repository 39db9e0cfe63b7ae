/** Counts what a subscription would be charged for, since start-up. */
export type Usage = {
  countRequest(): void;
  /** Ids of the records that were given out: the same one again is a record, but no new credit. */
  countRecords(ids: number[]): void;
  /** The rows of `GET /lookup/usage`. */
  report(): { limitType: string; description: string; limit: number; currentUsage: number; usageRemaining: number }[];
};

export function createUsage(): Usage {
  let requests = 0;
  let records = 0;
  const unique = new Set<number>();
  const row = (limitType: string, description: string, limit: number, currentUsage: number) => {
    return { limitType, description, limit, currentUsage, usageRemaining: Math.max(0, limit - currentUsage) };
  };
  return {
    countRequest: () => {
      requests++;
    },
    countRecords: (ids) => {
      records += ids.length;
      for (const id of ids) unique.add(id);
    },
    report: () => [
      row("requestLimit", "The maximum number of requests you can make", 10_000_000, requests),
      row("recordLimit", "The maximum number of records you can retrieve", 10_000_000, records),
      row("uniqueIdLimit", "The maximum number of person or company records you can redeem", 100_000, unique.size),
    ],
  };
}
