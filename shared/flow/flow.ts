import { z } from "zod";
import { FlowSettings } from "./flow-settings.ts";
import { FlowNode } from "./node.ts";
import { NodeId } from "./node-base.ts";

export const FlowEdge = z.object({
  id: z.string().min(1).max(200),
  source: NodeId,
  /** An outcome port of the source node, or `error`. */
  port: z.string().default("out"),
  target: NodeId,
});
export type FlowEdge = z.infer<typeof FlowEdge>;

/** The document that is drawn, frozen into versions and run. */
export const Flow = z.object({
  schemaVersion: z.literal(1),
  nodes: z.array(FlowNode).max(2_000, "at most 2,000 nodes"),
  edges: z.array(FlowEdge).max(10_000, "at most 10,000 edges"),
  /**
   * Numbers of the connector versions that it is to use, by connector key, where somebody chose one. Left out: that of its published
   * version, else the installed one.
   */
  pins: z.record(z.string().max(63), z.int().min(1)).optional(),
  settings: FlowSettings.optional(),
});
export type Flow = z.infer<typeof Flow>;
