import { z } from "zod";
import { Json } from "../json.ts";
import { stepBase } from "./node-base.ts";

/** Items that one for-each may have: they are held in memory. */
export const mostItems = 250_000;

/**
 * Runs the nodes inside once for each item of a list, `concurrency` iterations at a time; there `{{item}}` and `{{index}}` are theirs.
 * Leaves by `done` with `{results, errors, count}`: `results` in the order of the items, null where an iteration failed and the loop
 * went on.
 */
export const ForEachNode = z.object({
  ...stepBase,
  kind: z.literal("for-each"),
  /** A template that gives the list, or the list. */
  items: Json,
  concurrency: z.int().min(1).max(50, "at most 50 at a time").default(1),
  onItemError: z.enum(["stop", "continue"]).default("stop"),
  /** What an iteration gives; left out, what the last node inside gives when there is one alone. */
  result: Json.optional(),
});
export type ForEachNode = z.infer<typeof ForEachNode>;

/** Runs the nodes inside; a failure among them leaves by its `error` port, with the rest of the inside skipped. */
export const TryNode = z.object({ ...stepBase, kind: z.literal("try"), result: Json.optional() });
export type TryNode = z.infer<typeof TryNode>;

export type ContainerNode = ForEachNode | TryNode;
