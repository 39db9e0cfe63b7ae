import type { Foundation } from "../runtime/roles/foundation.ts";
import { type NewHookFlow, publishHook, type TestHook } from "../runtime/testing/test-hook.ts";
import { AppError } from "../shared/app-error.ts";

type NewFlow = Omit<NewHookFlow, "workspace" | "answer"> & { name: string; answerWithinMs?: number };

/** Publishes a flow behind a hook whose secret is known, beside the server, as the operator's commands work. */
export async function publishHookFlow(foundation: Foundation, { answerWithinMs, ...flow }: NewFlow): Promise<TestHook> {
  const [row] = await foundation.sql.read<{ id: string }>(`SELECT id FROM workspaces LIMIT 1`);
  if (!row) throw new AppError("not_found", "the server has not been started here yet");
  return publishHook(foundation, { ...flow, workspace: row.id, answer: answerWithinMs === undefined ? {} : { answerWithinMs } });
}
