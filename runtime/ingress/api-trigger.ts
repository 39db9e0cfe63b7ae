import type { RunAnswer } from "../../shared/run/journal.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import type { LoadVersion } from "../flows/load-version.ts";
import type { Sql } from "../store/sql.ts";
import { type AcceptDeps, acceptDelivery, type Received, type Waiter } from "./accept-delivery.ts";
import { answered, waitForFirst } from "./answer-sender.ts";
import { json, refuse, unavailable } from "./hook-answers.ts";
import type { LoadedHook } from "./load-hook.ts";
import { type Refused, refused } from "./verify/delivery.ts";
import { verifyDelivery } from "./verify/verify-delivery.ts";
import { readAnswer } from "./wait-for-answer.ts";

type ApiDeps = AcceptDeps & { publicUrl: string };
/** `refused`: what the caller did not prove; people are told why, the caller is not. */
export type ApiAnswer = { outcome: "answer"; response: Response } | { outcome: "refused"; refusal: Refused };

/**
 * A call of a flow's own API URL: the answer of its respond step where its trigger waits for one, else 202 with the run and where to ask
 * for it. The same `Idempotency-Key` again is the same call; with another body it is a mistake (draft-ietf-httpapi-idempotency-key-header).
 * A flow that does not run takes no calls: nothing is stored, since the caller would wait in vain.
 */
export async function callApi(deps: ApiDeps, received: Received): Promise<ApiAnswer> {
  const { hook, delivery, requestId } = received;
  const proven = prove(deps, received);
  if (proven.outcome === "refused") return { outcome: "refused", refusal: proven };
  // Taken without its key, the call would run as often as it is sent.
  if (delivery.headers("idempotency-key") !== null && hook.compiled?.dedupeKey(delivery) === null)
    return answer(refuse(400, "idempotency_key_unusable", requestId));
  if (hook.version === null) return answer(refuse(409, "flow_not_published", requestId));
  if (hook.paused) return answer(refuse(409, "flow_paused", requestId, { "Retry-After": "60" }));
  const accepted = await acceptDelivery(deps, received);
  switch (accepted.outcome) {
    case "refused":
      return { outcome: "refused", refusal: accepted.refusal };
    case "several":
      // Its recipe names no batch.
      return answer(unavailable(requestId));
    case "one":
      return answer(await answerCall(deps, received, accepted));
  }
}

function prove(deps: ApiDeps, { hook, delivery }: Received) {
  return hook.compiled ? verifyDelivery(hook.compiled, delivery, deps.clock()) : refused("secret_missing");
}

type One = Extract<Awaited<ReturnType<typeof acceptDelivery>>, { outcome: "one" }>;

async function answerCall(
  deps: ApiDeps,
  { hook, delivery, requestId }: Received,
  { ingested, responds, waiter }: One,
): Promise<Response> {
  if (ingested.outcome === "unavailable") return unavailable(requestId);
  if (ingested.outcome === "refused") return refuse(422, "event_cannot_be_stored", requestId);
  const { event } = ingested;
  const run = ingested.runs[0];
  const duplicate = ingested.outcome === "duplicate";
  if (duplicate && !(await isSameBody(deps.sql, event, delivery.body))) return refuse(422, "idempotency_key_reused", requestId);
  // It was taken before its flow could run, and starts nothing now either.
  if (run === undefined) return refuse(409, "event_without_run", requestId, { "X-Patchbay-Event": event });
  const status = `${deps.publicUrl}/hooks/${hook.id}/runs/${run}`;
  const ids = { run, event, status, ...(duplicate && { duplicate: true }) };
  const headers = { "X-Request-Id": requestId, "X-Patchbay-Event": event, "X-Patchbay-Run": run };
  if (!responds || !(await isSync(deps.loadVersion, hook))) {
    waiter?.stop();
    return json(202, ids, { ...headers, Location: status });
  }
  const waiting: Waiter = waiter ?? waitForFirst(deps, run, hook.answer.answerWithinMs);
  return answered(hook, await waiting.answer, ids, headers);
}

async function isSync(loadVersion: LoadVersion, { workspace, version, node }: LoadedHook): Promise<boolean> {
  if (version === null) return false;
  const found = (await loadVersion(workspace, version)).graph.nodes.get(node);
  return found?.kind === "api-trigger" && found.answer === "sync";
}

async function isSameBody(sql: Sql, event: string, body: Uint8Array): Promise<boolean> {
  const [row] = await sql.read<{ body: Uint8Array }>(`SELECT body FROM events WHERE id = $1`, [event]);
  return row !== undefined && Buffer.compare(row.body, body) === 0;
}

/** How a call's run stands, and its answer once there is one; 404 for runs that did not come of this URL. */
export async function readCall(deps: ApiDeps, received: Received, run: string): Promise<ApiAnswer> {
  const { hook, requestId } = received;
  if (hook.kind !== "api") return answer(refuse(404, "not_found", requestId));
  const proven = prove(deps, received);
  if (proven.outcome === "refused") return { outcome: "refused", refusal: proven };
  const [row] = await deps.sql.read<{ status: RunStatus }>(
    `SELECT r.status FROM runs r JOIN events e ON e.id = r.event_id WHERE r.id = $1 AND e.hook_id = $2`,
    [run, hook.id],
  );
  if (!row) return answer(refuse(404, "not_found", requestId));
  const found = await readAnswer(deps.engine, run);
  const given: RunAnswer | null = found?.outcome === "answered" ? found.answer : null;
  return answer(
    json(200, { run, status: row.status, answer: given }, { "X-Request-Id": requestId, "Cache-Control": "no-store" }),
  );
}

function answer(response: Response): ApiAnswer {
  return { outcome: "answer", response };
}
