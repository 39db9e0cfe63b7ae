import { randomBytes } from "node:crypto";
import { publishConnector } from "../runtime/connectors/publish-connector.ts";
import type { Foundation } from "../runtime/create-runtime.ts";
import { createFlow, publishFlow } from "../runtime/flows/publish-flow.ts";
import { createHook } from "../runtime/ingress/create-hook.ts";
import { setHookSecret } from "../runtime/ingress/set-hook-secret.ts";
import { testFlow } from "../runtime/testing/test-engine.ts";
import { AppError } from "../shared/app-error.ts";
import type { Connector } from "../shared/connector/connector.ts";
import { SignatureRecipe } from "../shared/event/signature-recipe.ts";
import { HookAnswer } from "../shared/event/subscription.ts";
import type { FlowNode } from "../shared/flow/node.ts";

/** HMAC-SHA256 over `id.timestamp.body`, deduplicated by the id: what the tests' senders sign. */
export const testRecipe = SignatureRecipe.parse({
  kind: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { header: "X-Patchbay-Signature", valuePrefix: "v1=" },
  signedContent: [
    { part: "header", name: "X-Patchbay-Id" },
    { part: "literal", text: "." },
    { part: "timestamp" },
    { part: "literal", text: "." },
    { part: "body" },
  ],
  timestamp: { header: "X-Patchbay-Timestamp", unit: "s" },
  dedupe: { candidates: [{ in: "header", name: "X-Patchbay-Id" }] },
});

export const trigger: FlowNode = { id: "event", name: "Event", kind: "webhook-trigger", position: { x: 0, y: 0 } };

type NewFlow = { name: string; nodes: FlowNode[]; edges: string[]; connector?: Connector; answerWithinMs?: number };

/** Publishes a flow behind a hook whose secret is known, beside the server, as the operator's commands work. */
export async function publishHookFlow(
  foundation: Foundation,
  flow: NewFlow,
): Promise<{ flow: string; hook: string; secret: string }> {
  const { sql } = foundation;
  const [row] = await sql.read<{ id: string }>(`SELECT id FROM workspaces LIMIT 1`);
  if (!row) throw new AppError("not_found", "the server has not been started here yet");
  const workspace = row.id;
  if (flow.connector) await publishConnector(foundation, workspace, flow.connector);
  const id = await createFlow(foundation, { workspace, name: flow.name, description: "" });
  await publishFlow(foundation, { workspace, flow: id, document: testFlow(inARow([trigger, ...flow.nodes]), flow.edges) });
  const answer = HookAnswer.parse({ answerWithinMs: flow.answerWithinMs });
  const hook = await createHook(foundation, { workspace, flow: id, node: trigger.id, recipe: testRecipe, answer });
  const secret = randomBytes(24).toString("base64url");
  await setHookSecret(foundation, hook, secret);
  return { flow: id, hook, secret };
}

/** Side by side, so that each can be clicked on the canvas. */
function inARow(nodes: FlowNode[]): FlowNode[] {
  return nodes.map((node, index) => ({ ...node, position: { x: index * 320, y: 0 } }));
}
