import { afterEach, expect, it } from "vitest";
import type { ProviderFault } from "../testing/resthook-provider.ts";
import { createRandom } from "../testing/seeded-random.ts";
import { startTestSubscriptions, type TestSubscriptions } from "../testing/test-subscriptions.ts";
import type { SubscriptionDeps } from "./turn.ts";

const minute = 60_000;
const crashes = process.env.PATCHBAY_FULL === "1" ? 2_000 : 200;
const faults: ProviderFault[] = ["none", "none", "none", "500-before", "500-after", "cut-before", "cut-after"];

let test: TestSubscriptions;
afterEach(() => test.close());

class Ended extends TypeError {}

/** A process that ends at a random write or call: before it, or after it was done and before anybody learned of it. */
function mortal(deps: SubscriptionDeps, random: () => number, died: () => void) {
  let dead = false;
  async function at<T>(step: () => Promise<T>): Promise<T> {
    if (dead) throw new Ended("the process has ended");
    const fate = random();
    if (fate < 0.06) end();
    const done = await step();
    if (fate > 0.94) end();
    if (dead) throw new Ended("the process has ended");
    return done;
  }
  function end(): never {
    if (!dead) died();
    dead = true;
    throw new Ended("the process has ended");
  }
  const own: SubscriptionDeps = {
    ...deps,
    sql: { ...deps.sql, commit: (statements) => at(() => deps.sql.commit(statements)) },
    outbound: { ...deps.outbound, call: (input) => at(() => deps.outbound.call(input)) },
  };
  return { deps: own, isAlive: () => !dead };
}

it(`leaves exactly one subscription for each that is wanted and none for the others, through ${crashes} crashes of either side`, {
  timeout: 120_000,
}, async () => {
  const seed = Number(process.env.PATCHBAY_SEED ?? 20_779);
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  test = await startTestSubscriptions();
  const hooks: { id: string; wanted: "on" | "off"; events: string }[] = [];
  for (let index = 0; index < 6; index += 1) hooks.push({ id: await test.add({ events: "a" }), wanted: "on", events: "a" });
  let died = 0;
  let calm = false;
  test.provider.onCall(() => (calm ? "none" : pick(faults)));
  const want = (hook: (typeof hooks)[number]) => test.want(hook.id, hook.wanted, { events: hook.events });
  let checked = 0;
  while (died < crashes) {
    const hook = pick(hooks);
    const change = random();
    if (change < 0.1) hook.wanted = hook.wanted === "on" ? "off" : "on";
    else if (change < 0.2) hook.events = pick(["a", "b", "c"]);
    if (change < 0.2) await want(hook);
    if (change > 0.97) for (const { id } of test.provider.subscriptions().slice(0, 1)) test.provider.forget(id);
    const before = died;
    await test.pass(
      Math.round(random() * 10 * minute),
      mortal(test.deps, random, () => void died++),
    );
    // The worst moment to change one's mind: nobody knows what has become of the call.
    if (died > before && random() < 0.5)
      for (const asked of await test.sql.read<{ id: string }>(
        `SELECT id FROM hooks WHERE settled LIKE 'asking%' AND wanted = 'on'`,
      ))
        for (const unwanted of hooks.filter(({ id }) => id === asked.id)) {
          unwanted.wanted = "off";
          await want(unwanted);
        }
    // Also in between, since what goes wrong may be put right by a later change.
    if (died < checked + 20 && died < crashes) continue;
    checked = died;
    calm = true;
    await settle();
    calm = false;
  }

  async function settle(): Promise<void> {
    // Long enough for the longest wait after a fault, and for the comparison after it.
    await test.pass(15 * 60 * minute);
    const found = hooks.map(({ id }) =>
      test.provider
        .subscriptions()
        .filter(({ url }) => url.endsWith(id))
        .map(({ events }) => events),
    );
    const told = `seed ${seed}, after ${died} crashes`;
    expect(found, told).toEqual(hooks.map(({ wanted, events }) => (wanted === "on" ? [events] : [])));
    const states = await Promise.all(hooks.map(async ({ id }) => (await test.stateOf(id)).state));
    expect(states, told).toEqual(hooks.map(({ wanted }) => (wanted === "on" ? "active" : "deleted")));
  }
  expect(test.faults.filter((fault) => !(fault instanceof Ended))).toEqual([]);
});
