import { createHmac, randomBytes } from "node:crypto";
import type { Connector } from "../../shared/connector/connector.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { HookAnswer } from "../../shared/event/subscription.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { Vault } from "../connections/vault.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import type { Clock, Ids } from "../ids.ts";
import { createHook, type NewHook } from "../ingress/create-hook.ts";
import { setHookSecret } from "../ingress/set-hook-secret.ts";
import type { Sql } from "../store/sql.ts";
import { testFlow } from "./test-engine.ts";

/** HMAC-SHA256 over `id.timestamp.body`, deduplicated by the id: what the tests' senders sign. */
export const testRecipe = SignatureRecipe.parse({
  kind: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { places: [{ in: "header", name: "X-Patchbay-Signature" }], valuePrefix: "v1=" },
  signedContent: [
    { part: "header", name: "X-Patchbay-Id" },
    { part: "literal", text: "." },
    { part: "timestamp" },
    { part: "literal", text: "." },
    { part: "body" },
  ],
  timestamp: { from: { in: "header", name: "X-Patchbay-Timestamp" }, unit: "s" },
  dedupe: { candidates: [{ in: "header", name: "X-Patchbay-Id" }] },
});

export type SignedHeaders = {
  "Content-Type": string;
  "X-Patchbay-Id": string;
  "X-Patchbay-Timestamp": string;
  "X-Patchbay-Signature": string;
};

/** The headers that a provider sends with these bytes, as `testRecipe` says; `now` in milliseconds. */
export function signedHeaders(secret: string, id: string, body: string | Uint8Array, now: number): SignedHeaders {
  const timestamp = String(Math.floor(now / 1_000));
  const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest("hex");
  return {
    "Content-Type": "application/json",
    "X-Patchbay-Id": id,
    "X-Patchbay-Timestamp": timestamp,
    "X-Patchbay-Signature": `v1=${signature}`,
  };
}

export const trigger: FlowNode = { id: "event", name: "Event", kind: "webhook-trigger", position: { x: 0, y: 0 } };

export type NewHookFlow = {
  workspace: string;
  name?: string;
  /** After the trigger, whose id is `event`. */
  nodes: FlowNode[];
  /** `event -> a`, `a:port -> b`. */
  edges: string[];
  connector?: Connector;
  /** False: the hook has none yet. */
  secret?: false;
  answer?: Partial<HookAnswer>;
} & Partial<Pick<NewHook, "recipe" | "kind" | "challenges" | "filters" | "of">>;
export type TestHook = { flow: string; hook: string; secret: string };
type Deps = { sql: Sql; vault: Vault; clock: Clock; ids: Ids };

/** Publishes a flow behind a hook whose secret is known. */
export async function publishHook(deps: Deps, { workspace, name = "Test", ...flow }: NewHookFlow): Promise<TestHook> {
  if (flow.connector) await publishConnector(deps, workspace, flow.connector);
  const id = await createFlow(deps, { workspace, name, description: "" });
  await publishFlow(deps, { workspace, flow: id, document: testFlow(inARow([trigger, ...flow.nodes]), flow.edges) });
  const answer = HookAnswer.parse(flow.answer ?? {});
  const { recipe = testRecipe, kind, challenges, filters, of } = flow;
  const more = { ...(kind && { kind }), ...(challenges && { challenges }), ...(filters && { filters }), ...(of && { of }) };
  const hook = await createHook(deps, { workspace, flow: id, node: trigger.id, recipe, answer, ...more });
  const secret = randomBytes(24).toString("base64url");
  if (flow.secret !== false) await setHookSecret(deps, hook, secret);
  return { flow: id, hook, secret };
}

/** Side by side, so that each can be clicked on a canvas. */
function inARow(nodes: FlowNode[]): FlowNode[] {
  return nodes.map((node, index) => ({ ...node, position: { x: index * 320, y: 0 } }));
}
