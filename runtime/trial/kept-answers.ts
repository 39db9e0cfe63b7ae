/** How an answer is asked for: `obtain` gets what was kept and why that is not enough. */
export type Asking<Answer> = {
  key: string;
  /** Milliseconds. */
  keepMs: number;
  /** Asks again, whatever is kept. */
  refresh: boolean;
  /** What is worth keeping; anything else is asked for again by the next one. */
  isGood(answer: Answer): boolean;
  /** A kept answer that is not gets continued. */
  isEnough(answer: Answer): boolean;
  obtain(kept: { answer: Answer; use: "continue" | "renew" } | null): Promise<Answer>;
};

export type KeptAnswers<Answer> = { ask(asking: Asking<Answer>): Promise<Answer> };

/** `answer` is there once `work` is done. */
type Kept<Answer> = { at: number; work: Promise<Answer>; answer?: Answer };

const keptAtMost = 100;

/** Answers are kept in memory for a while; those who ask for one at once share one call. */
export function createKeptAnswers<Answer>(clock: () => number): KeptAnswers<Answer> {
  const kept = new Map<string, Kept<Answer>>();

  /** What could not be fetched leaves what was kept `before` in its place. */
  function begin(
    key: string,
    entry: Kept<Answer>,
    { isGood, before }: Pick<Asking<Answer>, "isGood"> & { before?: Kept<Answer> },
  ) {
    kept.delete(key);
    kept.set(key, entry);
    if (kept.size > keptAtMost) kept.delete(kept.keys().next().value ?? key);
    const forget = () => {
      if (kept.get(key) !== entry) return;
      if (before) kept.set(key, before);
      else kept.delete(key);
    };
    entry.work.then((answer) => {
      entry.answer = answer;
      if (!isGood(answer)) forget();
    }, forget);
    return entry.work;
  }

  async function ask(asking: Asking<Answer>): Promise<Answer> {
    const { key, keepMs, refresh, isGood, isEnough, obtain } = asking;
    const known = kept.get(key);
    if (!known || refresh || (known.answer !== undefined && clock() - known.at >= keepMs)) {
      const work = obtain(known?.answer === undefined ? null : { answer: known.answer, use: "renew" });
      return begin(key, { at: clock(), work }, { isGood });
    }
    const answer = await known.work;
    if (!isGood(answer) || isEnough(answer)) return answer;
    // Somebody else may have continued it meanwhile.
    if (kept.get(key) !== known) return ask(asking);
    return begin(key, { at: known.at, work: obtain({ answer, use: "continue" }) }, { isGood, before: known });
  }

  return { ask };
}
