/**
 * Which workers are alive. Where one process has the database for itself nobody else can be; between processes a worker holds a
 * lease that it renews all the time, and what a dead one held is given to the others.
 */
export type Workers = {
  /** Joins under a name that no worker has had before; it may claim runs from then on. Throws `unavailable`. */
  join(name: string, events: MemberEvents): Promise<Membership>;
};

export type MemberEvents = {
  /** It was taken for dead: what it holds is somebody else's. */
  lost(): void;
  /** Told of faults of ours; that the database is away is none. */
  fault(error: unknown): void;
};

export type Membership = {
  /**
   * Asked before anything outside is touched: false when this worker has been taken for dead (`lost` was called then), e.g. after
   * its process was stopped for a while, so that its runs are somebody else's by now. A promise only while that is in doubt.
   */
  confirm(): boolean | Promise<boolean>;
  /** Gives what it still owns to the others at once. */
  leave(): Promise<void>;
};
