/** A worker's hold on a queue entry of one run. `job` and `attempt` are the queue engine's own. */
export type Claim = { run: string; job: string; attempt: number };

/** Which runs are due. The engine store writes the wakes that its verbs cause; the queue only hands them out. */
export type Queue = {
  claim(max: number): Promise<Claim[]>;
  /** Their runs have been let go of, or were not there to be begun. A claim that was handed on meanwhile is left alone. */
  done(claims: Claim[]): Promise<void>;
  /** Nothing could be begun: they are due again at once. */
  giveBack(claims: Claim[]): Promise<void>;
  /** Called when something may be due; a hint only. The returned function stops it. */
  ready(listener: () => void): () => void;
  /** When the next run falls due by itself (ms), null when none will. */
  nextDue(): Promise<number | null>;
};
