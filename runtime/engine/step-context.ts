import type { HeldRun } from "./held-run.ts";
import type { StepContext } from "./step.ts";

/** What is a step's own of its context. */
type Own = Pick<StepContext, "path" | "key" | "step" | "lookup" | "signal">;

/** What a step of a held run sees of the world. */
export function stepContext(held: HeldRun, own: Own): StepContext {
  const { deps, claimed, journal, secrets, version } = held;
  return {
    ...deps,
    ...own,
    claimed,
    run: claimed.run,
    workspace: claimed.workspace,
    report: (error) => deps.report(claimed.run, error),
    version,
    journal,
    secrets,
    confirm: () => isHeld(held),
  };
}

/** A promise while it is in doubt. */
function isHeld({ deps, control }: HeldRun): boolean | Promise<boolean> {
  const confirmed = deps.confirm();
  return confirmed instanceof Promise ? confirmed.then((held) => held && !control.abandoned) : confirmed && !control.abandoned;
}
