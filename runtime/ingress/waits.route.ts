import { type Context, Hono } from "hono";
import * as api from "../../shared/api/waits.ts";
import { AppError } from "../../shared/app-error.ts";
import { formProblems } from "../../shared/flow/check-form.ts";
import type { Json } from "../../shared/json.ts";
import { stepKey } from "../../shared/run/run-view.ts";
import type { WaitLinks, WaitPlace } from "../engine/wait-links.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { AnswerWait } from "./answer-wait.ts";
import { listWaits, wordsIn } from "./list-waits.ts";
import type { RateLimit } from "./rate-limit.ts";
import { readWait, type Wait, type WaitDeps } from "./read-wait.ts";
import { readWaitToken } from "./read-wait-token.ts";

type Deps = WaitDeps & { waitLinks: WaitLinks; answerWait: AnswerWait; waitLimit: RateLimit; guard: Guard };
/** `member`: of the workspace whose step it is. */
type Viewer = { id: string; name: string; member: boolean };

/** The pages behind the links of waiting steps, and where they are answered by people. */
export function waitsRoute(deps: Deps): Hono {
  const { answerWait, guard, waitLimit, waitLinks } = deps;
  const app = new Hono();
  mount(app, { route: api.getWait, guard }, async ({ c, params }) => {
    const place = open(params.token);
    const viewer = await viewerOf(c, place);
    const wait = await readWait(deps, place);
    requireMayDecide(wait, viewer);
    return pageOf(place, wait, viewer);
  });
  mount(app, { route: api.resumeWait, guard }, async ({ c, params, body }) => {
    const place = open(params.token);
    const viewer = await viewerOf(c, place);
    const signal = { kind: "resume" as const, step: place.step, by: viewer?.member ? viewer.id : "link", body: body.body };
    const check = ({ node }: Wait) => {
      if (node.kind !== "wait") throw new AppError("bad_request", "this step waits for a decision: approve or reject");
    };
    requireLeft(await answerWait(place, { signal, check }));
    return pageOf(place, await readWait(deps, place), viewer);
  });
  mount(app, { route: api.decideWait, guard }, async ({ c, params, body: { decision, form, comment } }) => {
    const place = open(params.token);
    const viewer = await viewerOf(c, place);
    const signal = {
      kind: "decide" as const,
      step: place.step,
      decision,
      by: viewer?.member ? viewer.id : "link",
      form,
      comment,
    };
    const check = (wait: Wait) => {
      requireMayDecide(wait, viewer);
      if (wait.state === "waiting") requireForm(wait, form, decision);
    };
    requireLeft(await answerWait(place, { signal, check }));
    return pageOf(place, await readWait(deps, place), viewer);
  });
  mount(app, { route: api.getWaitLink, guard }, async ({ params, session }) => {
    const place = { workspace: session.workspace.id, run: params.run, step: params.step };
    const { node, step } = await readWait(deps, place);
    // A key has one spelling: a link is made for no other.
    if (step && stepKey(node.id, step.iteration) !== params.step) throw notOurs();
    return { token: waitLinks.token(place), url: waitLinks.url(place) };
  });
  mount(app, { route: api.listWaits, guard }, async ({ session }) => {
    const { workspace, person } = session;
    return { waits: await listWaits(deps, { workspace: workspace.id, person: person.id }) };
  });
  return app;

  function open(token: string): WaitPlace {
    const place = readWaitToken(waitLinks, token);
    if (place === null) throw notOurs();
    if (!waitLimit.take(`${place.run} ${place.step}`))
      throw new AppError("rate_limited", "this link is being called too often: try again in a minute");
    return place;
  }

  /** Whoever is signed in; null for who has the link alone. */
  async function viewerOf(c: Context, { workspace }: WaitPlace): Promise<Viewer | null> {
    const session = await guard.requirePerson(c).catch((error) => {
      if (error instanceof AppError && error.code === "unauthenticated") return null;
      throw error;
    });
    if (session === null) return null;
    const { id, name } = session.person;
    return { id, name, member: (await nameIn(workspace, id)) !== null };
  }

  async function nameIn(workspace: string, person: string): Promise<string | null> {
    const [row] = await deps.sql.read<{ name: string }>(
      `SELECT u.name FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 AND m.user_id = $2`,
      [workspace, person],
    );
    return row?.name ?? null;
  }

  async function pageOf({ workspace, run }: WaitPlace, wait: Wait, viewer: Viewer | null): Promise<api.WaitPage> {
    const { node, state, step } = wait;
    const shown = step?.inputEntry == null ? null : ((await deps.engine.entry(run, step.inputEntry))?.values.input ?? null);
    const { title, description } = wordsIn(shown);
    const received = wait.state === "answered" ? wait.received : null;
    return {
      kind: node.kind,
      title: title || node.name,
      description,
      form: node.kind === "approval" ? node.form : [],
      state,
      until: step?.until ?? null,
      answer: received && {
        signal: received.signal,
        by: await nameIn(workspace, received.by),
        at: received.at,
        comment: received.comment,
      },
      as: viewer?.member ? viewer.name : null,
    };
  }
}

function notOurs(): AppError {
  return new AppError("not_found", "this link leads nowhere: it is incomplete, or the run is not kept any more");
}

/** Where the step names who may decide, nobody else sees what it is about. */
function requireMayDecide({ node }: Wait, viewer: Viewer | null): void {
  if (node.kind !== "approval") return;
  if (node.approvers.length === 0) return;
  if (viewer === null) throw new AppError("unauthenticated", "only certain people may decide this: sign in first");
  if (!viewer.member || !node.approvers.includes(viewer.id))
    throw new AppError("forbidden", `${viewer.name} is not one of those who may decide this`);
}

/** Whoever rejects need not fill the form in. */
function requireForm({ node }: Wait, form: Record<string, Json>, decision: "approved" | "rejected"): void {
  if (node.kind !== "approval") throw new AppError("bad_request", "this step waits for no decision");
  const fields = decision === "approved" ? node.form : node.form.map((field) => ({ ...field, required: false }));
  const issues = formProblems(fields, form);
  if (issues.length === 0) return;
  const text = issues.map(({ field, message }) => `${field}: ${message}`).join("; ");
  throw new AppError("bad_request", text, { details: { issues } });
}

function requireLeft(answered: Awaited<ReturnType<AnswerWait>>): void {
  if (answered.outcome === "left") return;
  throw new AppError("conflict", conflictWords[answered.wait.state]);
}

const conflictWords: Record<Wait["state"], string> = {
  early: "the step does not wait yet: try again in a moment",
  waiting: "the step could not be reached: try again",
  answered: "somebody was faster: it has been answered already",
  late: "its deadline has passed",
  over: "the run does not wait for this any more",
};
