import { inText } from "../../shared/flow/expression.ts";
import type { Concurrency } from "../../shared/flow/flow-settings.ts";
import type { RunError } from "../../shared/run/run.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import { compileValue } from "../expressions/resolve-template.ts";
import { compileOnce } from "./compile-once.ts";
import type { HeldRun } from "./held-run.ts";
import { resolveValue } from "./resolve-value.ts";
import { displacedBy, type Place } from "./turns.ts";

/** `failed`: what its flow counts runs by cannot be told. */
export type Awaited = { turn: "going" | "waiting" } | { turn: "dropped"; error: RunError } | { turn: "failed"; error: RunError };

const longestKey = 1_000;

/** The setting that holds for a run; null for one that is not counted: nobody waits for what waits for itself. */
export function concurrencyOf({ claimed, version }: Pick<HeldRun, "claimed" | "version">): Concurrency | null {
  if (claimed.source === "sub-flow" || claimed.source === "error-flow") return null;
  return version.flow.settings?.concurrency ?? null;
}

/** Asks whether a run may go on now. A run that waited, and its waiting, are in its journal. */
export async function awaitTurn(held: HeldRun, concurrency: Concurrency): Promise<Awaited> {
  const { deps, claimed, journal } = held;
  const known = await deps.turns.of(claimed.run);
  const found = known ? { place: known } : await placeOf(held, concurrency);
  if ("error" in found) return { turn: "failed", error: found.error };
  const { limit } = concurrency;
  const turn = known?.turn === "going" ? "going" : await deps.turns.take(claimed.run, found.place, concurrency);
  switch (turn) {
    case "going":
      if (journal.view.awaitsTurn !== null) journal.add({ kind: "turn-taken" });
      return { turn };
    case "waiting":
      if (journal.view.awaitsTurn === null) journal.add({ kind: "turn-awaited", limit });
      return { turn };
    case "dropped": {
      const runs = limit === 1 ? "another run" : `${limit.toLocaleString("en")} other runs`;
      const message = `${runs} of this flow ${limit === 1 ? "was" : "were"} going on, and the flow is set to drop what comes then`;
      return { turn, error: { code: "too_many_runs", message } };
    }
  }
}

/** What people read of a canceled run whose place a newer one has taken; null of others. */
export function whyDisplaced({ canceledBy }: Pick<RunView, "canceledBy">): RunError | null {
  if (canceledBy !== displacedBy) return null;
  return { code: "displaced", message: "a newer run of this flow has taken its place" };
}

/** A run of the flow has ended: the next one has its turn. What fails is made up for by the sweep. */
export function endTurn({ deps, claimed, version }: HeldRun): void {
  if (!concurrencyOf({ claimed, version })) return;
  deps.turns.end(claimed.run).catch((error) => deps.report(claimed.run, error));
}

const compile = compileOnce((concurrency: Concurrency) => compileValue(concurrency.key ?? ""));

async function placeOf(
  { deps, claimed, version, top }: HeldRun,
  concurrency: Concurrency,
): Promise<{ place: Place } | { error: RunError }> {
  const { flow, trigger } = claimed;
  const context = { lookup: top.lookup, jsonata: deps.jsonata, version };
  const resolved = await resolveValue({ node: { id: trigger }, context, compiled: compile(concurrency) });
  if (resolved.outcome === "failed")
    return { error: { ...resolved.error, message: `the key that runs are counted by: ${resolved.error.message}` } };
  const key = inText(resolved.value);
  // Postgres stores it in no text.
  const hasNul = key.includes("\0");
  if (key.length <= longestKey && !hasNul) return { place: { flow, key } };
  const problem = hasNul ? "a NUL character" : `${key.length} characters; ${longestKey} are the most`;
  const message = `the key that runs are counted by has ${problem}`;
  return { error: { code: "invalid_input", message } };
}
