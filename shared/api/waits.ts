import { z } from "zod";
import { Form } from "../flow/form-field.ts";
import { Json } from "../json.ts";
import { route } from "./route.ts";

const token = z.object({ token: z.string().max(1_000) });

/** What has come for a step that waited. */
export const WaitAnswer = z.object({
  signal: z.enum(["resumed", "approved", "rejected"]),
  /** Name of the person; null when it came by the link alone, or by an event. */
  by: z.string().nullable(),
  at: z.int(),
  comment: z.string(),
});
export type WaitAnswer = z.infer<typeof WaitAnswer>;

/** A step that waits for a call or a person, as whoever may answer it sees it. */
export const WaitPage = z.object({
  kind: z.enum(["wait", "approval"]),
  title: z.string(),
  description: z.string(),
  form: Form,
  /** `early`: it has not begun to wait; `late`: its deadline has passed; `over`: the run went another way, or has ended. */
  state: z.enum(["early", "waiting", "answered", "late", "over"]),
  /** Its deadline (ms). */
  until: z.int().nullable(),
  answer: WaitAnswer.nullable(),
  /** As whom the viewer would answer; null: by the link. */
  as: z.string().nullable(),
});
export type WaitPage = z.infer<typeof WaitPage>;

/**
 * The page behind a wait's link; looking at it answers nothing. `not_found` for a link that is not one of ours; where the step names who
 * may decide, `unauthenticated` without a session and `forbidden` for everybody else.
 */
export const getWait = route({ method: "GET", path: "/waits/:token", access: "anyone", params: token, response: WaitPage });

/** Lets a waiting step go on. `conflict` when it does not wait (any more). */
export const resumeWait = route({
  method: "POST",
  path: "/waits/:token/resume",
  access: "anyone",
  params: token,
  body: z.object({ body: Json.default(null) }),
  maxBodyBytes: 262_144,
  response: WaitPage,
});

/** Approves or rejects. `bad_request` names each field of the form that is wrong; `conflict` when somebody has decided already. */
export const decideWait = route({
  method: "POST",
  path: "/waits/:token/decision",
  access: "anyone",
  params: token,
  body: z.object({
    decision: z.enum(["approved", "rejected"]),
    form: z.record(z.string(), Json).default({}),
    comment: z.string().trim().max(2_000).default(""),
  }),
  maxBodyBytes: 262_144,
  response: WaitPage,
});

/** The link of a run's step that waits, for the people of its workspace. */
export const getWaitLink = route({
  method: "GET",
  path: "/runs/:run/steps/:step/wait",
  access: "person",
  /** `step`: its key. */
  params: z.object({ run: z.string().max(100), step: z.string().max(200) }),
  response: z.object({ token: z.string(), url: z.string() }),
});

const waiting = {
  run: z.string(),
  /** Its key. */
  step: z.string(),
  flow: z.object({ id: z.string(), name: z.string() }),
  title: z.string(),
  since: z.int(),
};

/**
 * What the caller may decide, longest first; at most 50: approvals, and calls of which nobody knows whether they were performed.
 * `title`: what the approval asks, or the name of the node.
 */
export const listWaits = route({
  method: "GET",
  path: "/waits",
  access: "person",
  response: z.object({
    waits: z.array(
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("approval"), ...waiting, token: z.string(), until: z.int() }),
        z.object({ kind: z.literal("outcome"), ...waiting }),
      ]),
    ),
  }),
});
