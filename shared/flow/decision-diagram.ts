/** Nodes of the diagram at most: what takes more is not followed, and `isFull`. */
const mostParts = 20_000;
/** The conditions that never and always hold. */
export const never = 0;
export const always = 1;

/** Conditions, by number, over decisions: `chosen` is the one that holds when a decision goes one of its ways. */
export type Diagram = {
  decision(): number;
  chosen(decision: number, way: number, ways: number): number;
  anyOf(conditions: number[]): number;
  bothOf(a: number, b: number): number;
  implies(a: number, b: number): boolean;
  isFull(): boolean;
};

/**
 * Conditions over decisions with several ways each, as a shared decision diagram: equal conditions are the same number. Randal Bryant,
 * "Graph-Based Algorithms for Boolean Function Manipulation", IEEE Transactions on Computers C-35 (1986).
 */
export function createDiagram(): Diagram {
  const decisions: number[] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const children: number[][] = [[], []];
  const known = new Map<string, number>();
  const memo = { any: new Map<number, number>(), both: new Map<number, number>(), implied: new Map<number, boolean>() };
  let made = 0;

  const isFull = () => children.length >= mostParts;
  const pair = (a: number, b: number) => a * mostParts + b;

  function make(decision: number, ways: number[]): number {
    const [one = never] = ways;
    if (ways.every((way) => way === one)) return one;
    const key = `${decision}:${ways.join(",")}`;
    const same = known.get(key);
    if (same !== undefined) return same;
    // The answers are wrong from here on; whoever asks looks at `isFull` first.
    if (isFull()) return always;
    decisions.push(decision);
    children.push(ways);
    known.set(key, children.length - 1);
    return children.length - 1;
  }

  function combine(a: number, b: number, kind: "any" | "both"): number {
    const [wins, yields] = kind === "any" ? [always, never] : [never, always];
    if (a === wins || b === wins) return wins;
    if (a === yields || a === b) return b;
    if (b === yields) return a;
    const key = a < b ? pair(a, b) : pair(b, a);
    const done = memo[kind].get(key);
    if (done !== undefined) return done;
    const decision = Math.min(decisions[a] ?? 0, decisions[b] ?? 0);
    const ways = (decisions[a] === decision ? children[a] : children[b]) ?? [];
    const result = make(
      decision,
      ways.map((_, way) => combine(below(a, decision, way), below(b, decision, way), kind)),
    );
    memo[kind].set(key, result);
    return result;
  }

  function below(a: number, decision: number, way: number): number {
    return decisions[a] === decision ? (children[a]?.[way] ?? never) : a;
  }

  function implies(a: number, b: number): boolean {
    if (a === never || b === always || a === b) return true;
    if (a === always || b === never) return false;
    const key = pair(a, b);
    const done = memo.implied.get(key);
    if (done !== undefined) return done;
    const decision = Math.min(decisions[a] ?? 0, decisions[b] ?? 0);
    const ways = (decisions[a] === decision ? children[a] : children[b]) ?? [];
    const result = ways.every((_, way) => implies(below(a, decision, way), below(b, decision, way)));
    memo.implied.set(key, result);
    return result;
  }

  return {
    decision: () => made++,
    chosen: (decision, way, ways) =>
      make(
        decision,
        Array.from({ length: ways }, (_, index) => (index === way ? always : never)),
      ),
    // In pairs of pairs: one after the other would walk the growing sum each time.
    anyOf(conditions) {
      let open = [...new Set(conditions)];
      while (open.length > 1)
        open = Array.from({ length: Math.ceil(open.length / 2) }, (_, index) =>
          combine(open[2 * index] ?? never, open[2 * index + 1] ?? never, "any"),
        );
      return open[0] ?? never;
    },
    bothOf: (a, b) => combine(a, b, "both"),
    implies,
    isFull,
  };
}
