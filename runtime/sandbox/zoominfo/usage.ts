/** Counts what a subscription would be charged for, since start-up. */
export type Usage = {
  countRequest(): void;
  /** Records that were given out, and how many of them had to be bought: one that is managed already is a record, but no credit. */
  countRecords(records: number, credits: number): void;
  /** The rows of `GET /lookup/usage`. */
  report(): { limitType: string; description: string; limit: number; currentUsage: number; usageRemaining: number }[];
};

export function createUsage(): Usage {
  let requests = 0;
  let records = 0;
  let unique = 0;
  const row = (limitType: string, description: string, limit: number, currentUsage: number) => {
    return { limitType, description, limit, currentUsage, usageRemaining: Math.max(0, limit - currentUsage) };
  };
  return {
    countRequest: () => {
      requests++;
    },
    countRecords: (given, credits) => {
      records += given;
      unique += credits;
    },
    report: () => [
      row("requestLimit", "The maximum number of requests you can make", 10_000_000, requests),
      row("recordLimit", "The maximum number of records you can retrieve", 10_000_000, records),
      row("uniqueIdLimit", "The maximum number of person or company records you can redeem", 100_000, unique),
    ],
  };
}
