import { z } from "zod";

/** A step of a flow that calls an endpoint. `published`: the flow runs like this; else it is only drawn. */
export const UsedStep = z.object({
  flow: z.string(),
  flowName: z.string(),
  node: z.string(),
  nodeName: z.string(),
  endpoint: z.string(),
  published: z.boolean(),
});
export type UsedStep = z.infer<typeof UsedStep>;

/**
 * What becomes of one endpoint. `added`: the file has it newly; `offered`: the file has it and the connector was made, or changed,
 * without it; `changed`, `removed`: by the file alone; `conflict`: by the file and by hand, so somebody has to decide.
 */
export const EndpointChange = z.object({
  /** By which a decision names it: its key in the file. */
  id: z.string(),
  /** The endpoint's key: in the import for `added` and `offered`, else in the connector. */
  key: z.string(),
  method: z.string(),
  path: z.string(),
  name: z.string(),
  change: z.enum(["added", "offered", "changed", "removed", "conflict"]),
  /** What differs, in words. */
  details: z.array(z.string()),
  /** What could break a caller, in words. */
  breaking: z.array(z.string()),
  /** Steps of flows that call it. */
  steps: z.array(UsedStep),
});
export type EndpointChange = z.infer<typeof EndpointChange>;

/** The preview of taking a newer file into a connector. */
export const ImportMerge = z.object({
  /** Revision of the draft that it was made from. */
  base: z.int(),
  changes: z.array(EndpointChange),
  /** Base URL and authentication: null when they stay. A conflict is decided by the id `base`. */
  signIn: z.object({ conflict: z.boolean(), details: z.array(z.string()) }).nullable(),
  /** Endpoints that stay as they are; `byHand`: those among them that the file does not have. */
  unchanged: z.int(),
  byHand: z.int(),
  /** What else goes along, e.g. an action that calls a removed endpoint. */
  consequences: z.array(z.string()),
});
export type ImportMerge = z.infer<typeof ImportMerge>;

/** The id of the decision about base URL and authentication. */
export const signInDecision = "base";
