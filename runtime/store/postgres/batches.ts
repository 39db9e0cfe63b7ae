import { isProgramFault, isRowFault } from "./database.ts";

/** A call's own outcome when nothing of it is stored. */
type Fallback<Outcome> = {
  /** Its rows cannot be stored, whatever the others' can. */
  refused(reason: string): Outcome;
  /** Nothing could be made durable. */
  unavailable(reason: string): Outcome;
};

type Options<Request, Outcome> = Fallback<Outcome> & {
  /** All requests in one commit; their outcomes in their order. Throws when nothing was stored. */
  commit(requests: Request[]): Promise<Outcome[]>;
  /** Requests with a key in common never share a commit and keep their order; none: any order will do. */
  keysOf(request: Request): string[];
  /** What a request counts for in `maxBatch`; 1 unless said otherwise. */
  sizeOf?(request: Request): number;
  maxBatch: number;
  /** Commits on their way at a time. */
  lanes: number;
  /** Requests that may wait before the next ones are turned away. */
  maxPending?: number;
  /** Hears after each commit whether it was durable. */
  committed(durable: boolean): void;
};

export type Batches<Request, Outcome> = {
  submit(request: Request): Promise<Outcome>;
  /** Resolves when everything submitted so far is settled. */
  drain(): Promise<void>;
};

type Pending<Request, Outcome> = { request: Request; keys: string[]; resolve(outcome: Outcome): void };

/**
 * Group commit over a connection: what is submitted while a commit is on its way shares the next one, so under load a commit
 * carries many calls and alone a call waits for nobody. A call whose rows cannot be stored is left out alone.
 */
export function createBatches<Request, Outcome>(options: Options<Request, Outcome>): Batches<Request, Outcome> {
  const {
    commit,
    keysOf,
    sizeOf = () => 1,
    maxBatch,
    lanes,
    maxPending = Number.POSITIVE_INFINITY,
    refused,
    unavailable,
    committed,
  } = options;
  let pending: Pending<Request, Outcome>[] = [];
  const busyKeys = new Set<string>();
  let flying = 0;
  let scheduled = false;
  const idle: (() => void)[] = [];

  function submit(request: Request): Promise<Outcome> {
    if (pending.length >= maxPending) return Promise.resolve(unavailable("too many writes are waiting"));
    return new Promise((resolve) => {
      pending.push({ request, keys: keysOf(request), resolve });
      schedule();
    });
  }

  /** What one turn of the event loop submits goes together. */
  function schedule(): void {
    if (scheduled || flying >= lanes) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const batch = takeBatch();
      if (batch.length > 0) void fly(batch);
    });
  }

  function takeBatch(): Pending<Request, Outcome>[] {
    const batch: Pending<Request, Outcome>[] = [];
    const heldBack: Pending<Request, Outcome>[] = [];
    // What is held back holds the later ones with its keys back as well.
    const passedOver = new Set<string>();
    let looked = 0;
    let size = 0;
    for (; looked < pending.length && size < maxBatch; looked += 1) {
      const item = pending[looked] as Pending<Request, Outcome>;
      if (item.keys.some((key) => busyKeys.has(key) || passedOver.has(key))) {
        heldBack.push(item);
        for (const key of item.keys) passedOver.add(key);
        continue;
      }
      batch.push(item);
      size += sizeOf(item.request);
      for (const key of item.keys) busyKeys.add(key);
    }
    pending = heldBack.concat(pending.slice(looked));
    return batch;
  }

  async function fly(batch: Pending<Request, Outcome>[]): Promise<void> {
    flying += 1;
    if (pending.length > 0) schedule();
    const outcomes = await settle(batch.map(({ request }) => request));
    flying -= 1;
    for (const { keys } of batch) for (const key of keys) busyKeys.delete(key);
    batch.forEach(({ resolve }, index) => void resolve(outcomes[index] as Outcome));
    if (pending.length > 0) schedule();
    else if (flying === 0) for (const done of idle.splice(0)) done();
  }

  async function settle(requests: Request[]): Promise<Outcome[]> {
    try {
      const outcomes = await commit(requests);
      committed(true);
      return outcomes;
    } catch (error) {
      // A statement that Postgres does not understand would be the same again for ever.
      const inRow = isRowFault(error) || isProgramFault(error);
      if (!inRow) committed(false);
      if (requests.length === 1 || !inRow)
        return requests.map(() => (inRow ? refused(String(error)) : unavailable(String(error))));
      const outcomes: Outcome[] = [];
      for (const request of requests) outcomes.push(...(await settle([request])));
      return outcomes;
    }
  }

  return {
    submit,
    drain: () => (pending.length === 0 && flying === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}
