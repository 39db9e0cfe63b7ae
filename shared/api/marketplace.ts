import { z } from "zod";
import { ActionCategory } from "../connector/action.ts";
import { Logo } from "../connector/logo.ts";
import { reviewChecklist } from "../connector/review-checklist.ts";
import { EndpointLabel } from "./connectors.ts";
import { route } from "./route.ts";

const connectorParams = z.object({ connector: z.string().max(63) });

export const SubmissionState = z.enum(["in-review", "approved", "rejected", "withdrawn"]);
export type SubmissionState = z.infer<typeof SubmissionState>;

/** A version of a connector that somebody wants in the marketplace, and what became of it. */
export const Submission = z.object({
  id: z.string(),
  connector: z.object({ key: z.string(), name: z.string(), logo: Logo.optional() }),
  version: z.int(),
  state: SubmissionState,
  note: z.string(),
  /** Why it was rejected. */
  reason: z.string(),
  submittedBy: z.string(),
  submittedAt: z.int(),
  decidedBy: z.string().nullable(),
  decidedAt: z.int().nullable(),
});
export type Submission = z.infer<typeof Submission>;

/** Sends a published version to review. `conflict` while one of the connector is in review, or when that version is listed. */
export const submitConnector = route({
  method: "POST",
  path: "/connectors/:connector/submissions",
  access: "administrator",
  params: connectorParams,
  body: z.object({ version: z.int(), note: z.string().trim().max(2_000, "at most 2,000 characters").default("") }),
  response: z.object({ submission: z.string() }),
});

/** Newest first, at most 200. */
export const listSubmissions = route({
  method: "GET",
  path: "/submissions",
  access: "administrator",
  query: z.object({ connector: z.string().max(63).optional() }),
  response: z.object({ submissions: z.array(Submission) }),
});

/** Approving needs every item of the checklist, rejecting a reason. `conflict` when somebody has decided already. */
export const decideSubmission = route({
  method: "POST",
  path: "/submissions/:submission/decision",
  access: "administrator",
  params: z.object({ submission: z.string().max(100) }),
  body: z.object({
    decision: z.discriminatedUnion("outcome", [
      z.object({
        outcome: z.literal("approve"),
        checklist: z
          .array(z.enum(reviewChecklist.map(({ key }) => key)))
          .max(reviewChecklist.length)
          .default([]),
      }),
      z.object({
        outcome: z.literal("reject"),
        reason: z.string().trim().min(1, "say what has to change").max(2_000, "at most 2,000 characters"),
      }),
    ]),
  }),
  response: z.object({}),
});

/** Takes a connector out of the marketplace, or its submission back; where it is installed it goes on working. */
export const withdrawConnector = route({
  method: "POST",
  path: "/connectors/:connector/withdrawal",
  access: "administrator",
  params: connectorParams,
  body: z.object({}),
  response: z.object({}),
});

/** A connector in the marketplace. */
export const Listing = z.object({
  key: z.string(),
  name: z.string(),
  description: z.string(),
  category: z.string().optional(),
  logo: Logo.optional(),
  version: z.int(),
  /** `built-in` ones came with the product. */
  origin: z.enum(["built-in", "custom"]),
  auth: z.string(),
  endpoints: z.int(),
  actions: z.int(),
  publishedAt: z.int(),
  /** Number of the version that flows of the workspace use; null: it is not installed. */
  installed: z.int().nullable(),
});
export type Listing = z.infer<typeof Listing>;

export const listMarketplace = route({
  method: "GET",
  path: "/marketplace",
  access: "person",
  response: z.object({ listings: z.array(Listing) }),
});

/** What somebody looks at before they install it. */
export const getListing = route({
  method: "GET",
  path: "/marketplace/:connector",
  access: "person",
  params: connectorParams,
  response: z.object({
    listing: Listing,
    /** Where its calls go. */
    baseUrl: z.string(),
    endpoints: z.array(EndpointLabel),
    actions: z.array(z.object({ key: z.string(), name: z.string(), description: z.string(), category: ActionCategory })),
    note: z.string(),
  }),
});
