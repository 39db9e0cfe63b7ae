import { z } from "zod";
import { FlowEdge } from "./flow.ts";
import { FlowSettings } from "./flow-settings.ts";
import { FlowNode } from "./node.ts";
import { NodeId } from "./node-base.ts";

/** Place in the document's list; left out, the end. Undoing a removal puts things back where they were. */
const at = z.int().min(0).optional();

/**
 * The only way in which the canvas changes a flow (DESIGN 4.15). Each edit is applied whole or not at all, and has an inverse:
 * `apply-edit.ts`.
 */
export const FlowEdit = z.discriminatedUnion("edit", [
  z.object({
    edit: z.literal("add"),
    nodes: z.array(z.object({ node: FlowNode, at })).max(2_000),
    edges: z.array(z.object({ edge: FlowEdge, at })).max(10_000),
  }),
  /** Edges at removed nodes go with them. */
  z.object({ edit: z.literal("remove"), nodes: z.array(NodeId).max(2_000), edges: z.array(z.string().max(200)).max(10_000) }),
  z.object({ edit: z.literal("move"), positions: z.record(NodeId, z.object({ x: z.number(), y: z.number() })) }),
  /** Replaces the settings and the name of a node; its id and kind stay. */
  z.object({ edit: z.literal("set-node"), node: FlowNode }),
  /** Chooses the version of a connector that the flow uses; null: no choice of its own. */
  z.object({ edit: z.literal("pin"), connector: z.string().max(63), version: z.int().min(1).nullable() }),
  /** Replaces the settings of the flow itself. */
  z.object({ edit: z.literal("set-settings"), settings: FlowSettings }),
]);
export type FlowEdit = z.infer<typeof FlowEdit>;
