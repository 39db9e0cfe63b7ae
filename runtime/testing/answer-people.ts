import type { Json } from "../../shared/json.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import type { Pair } from "../store/pair.ts";

/** Was the call with this request performed, and what did it give? */
export type Outside = { performed(request: Json): boolean | Promise<boolean>; answerOf(request: Json): Json };

/**
 * Does what people and other systems do while runs wait for them: `all`, or only to say what became of calls whose outcome nobody knows.
 * Gives how many it answered.
 */
export async function answerPeople(pair: Pair, outside: Outside, to: "all" | "unknown-outcomes" = "all"): Promise<number> {
  let answered = 0;
  const left = await pair.sql.read<{ id: string }>(`SELECT id FROM runs WHERE finished_at IS NULL`);
  for (const { id: run } of left) {
    const entries = await pair.engine.journal(run, 0, { bare: true });
    const view = foldJournal(entries.map(({ entry }) => entry));
    for (const key of view.open) {
      const step = view.steps[key];
      if (step?.status !== "waiting" || step.received !== null || step.decision !== null) continue;
      if (step.reason !== "outcome-unknown" && to !== "all") continue;
      if (step.reason === "event") await pair.engine.signal(run, { kind: "resume", step: key, by: "url", body: { for: key } });
      else if (step.reason === "approval")
        await pair.engine.signal(run, { kind: "decide", step: key, decision: "approved", by: "usr_1", form: { for: key } });
      else if (step.reason === "outcome-unknown") {
        const request = step.attempts.at(-1)?.requestEntry ?? 0;
        const record = await pair.engine.entry(run, request);
        const sent = record?.values.request ?? null;
        const decision = (await outside.performed(sent)) ? "done" : "send-again";
        const output = outside.answerOf(sent);
        await pair.engine.signal(run, { kind: "decide-outcome", step: key, decision, by: "usr_1", output });
      } else continue;
      answered += 1;
    }
  }
  return answered;
}
