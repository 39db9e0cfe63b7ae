import { z } from "zod";

/** A readable slug, never changed once given: expressions refer to it (`steps.<id>.output`). */
export const NodeId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "must be a slug: lower-case letters, digits, hyphens; at most 63");
export type NodeId = z.infer<typeof NodeId>;

/** What every node has. Inside a container the position is relative to the container's own. */
export const nodeBase = {
  id: NodeId,
  name: z.string().min(1).max(120),
  position: z.object({ x: z.number(), y: z.number() }),
};

/** Paths in an output whose values are stored encrypted and shown masked, e.g. `data.token`. */
const secretPaths = z.array(z.string().min(1).max(300)).max(50, "at most 50 paths").optional();

/**
 * What every trigger has. Its marked paths, e.g. `body.token`, are of what it gives to the steps: the event itself is kept as it came,
 * for those who may read the inbox.
 */
export const triggerBase = { ...nodeBase, secretPaths };

/** What every node has that runs as a step. */
export const stepBase = {
  ...nodeBase,
  /** The container that it is inside of. */
  parent: NodeId.optional(),
  /** `continue`: a failure that no error edge takes leaves by the first port all the same, and the step counts as failed. */
  onError: z.enum(["fail", "continue"]).optional(),
  secretPaths,
};

const dayMs = 86_400_000;
/** Of waits, delays, deadlines and windows. */
export const longestWaitMs = 366 * dayMs;

/** A time span in milliseconds: a number, or a template that gives one. */
export const Span = z.union([z.number().min(0).max(longestWaitMs, "at most 366 days"), z.string().min(1).max(2_000)]);
export type Span = z.infer<typeof Span>;
