/** Single flight across processes: who holds the key does the work, everybody else re-reads its result. */
export type Lease = {
  /** Null while another holds it. A lease not released ends after `ttlMs`. */
  take(key: string, ttlMs: number): Promise<{ release(): Promise<void> } | null>;
};
