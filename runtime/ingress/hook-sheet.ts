import type { HookSheet } from "../../shared/api/subscriptions.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { asksForVerifyToken, type ChallengeRecipe } from "../../shared/event/challenge-recipe.ts";
import { describeRecipe } from "../../shared/event/describe-recipe.ts";
import { parsePath } from "../../shared/flow/expression.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { findVersion } from "../connectors/installed.ts";
import type { Pins } from "../connectors/publish-connector.ts";
import { readDraft } from "../flows/draft-rows.ts";
import type { Clock, Ids } from "../ids.ts";
import { hashToken, newToken } from "../people/token.ts";
import type { Sql } from "../store/sql.ts";
import { listenerOf } from "./listener.ts";
import type { LoadedHook, LoadHook } from "./load-hook.ts";
import { hasOwnUrl, requireHook } from "./show-hook.ts";
import { type SignedRequest, signDelivery } from "./verify/sign-delivery.ts";

type Deps = { sql: Sql; clock: Clock; ids: Ids; loadHook: LoadHook; publicUrl: string };

/** Makes the link to a hook's set-up sheet; only the hash of its token is kept. Throws `not_found`, `bad_request` without a URL. */
export async function makeSheet(deps: Deps, workspace: string, id: string): Promise<string> {
  if (!hasOwnUrl(await requireHook(deps, workspace, id)))
    throw new AppError("bad_request", "this subscription has no URL that anybody has to set up");
  const { token, hash } = newToken();
  await setHash(deps, id, hash);
  return `${deps.publicUrl}/sheet/${token}`;
}

/** Throws `not_found`. */
export async function revokeSheet(deps: Deps, workspace: string, id: string): Promise<void> {
  await requireHook(deps, workspace, id);
  await setHash(deps, id, null);
}

async function setHash({ sql }: Deps, id: string, hash: string | null): Promise<void> {
  const text = `UPDATE hooks SET sheet_hash = $1 WHERE id = $2`;
  const stored = await sql.commit([{ text, params: [hash, id], expectRows: 1 }]);
  if (stored.outcome !== "committed") throw new AppError("not_found", "this URL has no set-up sheet");
}

/** The set-up sheet behind a link, as it is now. Throws `not_found` for a link that there is not or not any more. */
export async function readSheet(deps: Deps, token: string): Promise<HookSheet> {
  const { sql, clock, publicUrl } = deps;
  const [row] = await sql.read<{ id: string }>(`SELECT id FROM hooks WHERE sheet_hash = $1`, [hashToken(token)]);
  const hook = row ? await deps.loadHook(row.id) : null;
  if (!hook) throw new AppError("not_found", "this link is not valid any more: ask for a new one");
  const url = `${publicUrl}/hooks/${hook.id}`;
  const now = clock();
  return {
    url,
    method: "POST",
    scheme: describeRecipe(hook.recipe),
    ...curlOf(hook, { url, id: deps.ids.next("sample"), body: await sampleOf(sql, hook), now }),
    answers: answersOf(hook),
    retries: retriesOf(hook),
    challenges: hook.challenges.map(({ recipe }) => challengeText(recipe)),
    listener: listenerOf(hook, now),
  };
}

/** The token itself is for whoever made the hook to pass on: this link may be in many hands. */
function challengeText(challenge: ChallengeRecipe): string {
  const { name, when } = challenge;
  const asked = `${name}: asked by ${when.method}, answered at once`;
  return asksForVerifyToken(challenge)
    ? `${asked} when it brings the verify token: enter the one that you were given together with this page`
    : asked;
}

/** The trigger's sample, as the provider would send it: the node's own, else that of the connector's trigger. */
async function sampleOf(sql: Sql, { workspace, flow, node, recipe }: LoadedHook): Promise<string> {
  const document = flow ? (await readDraft(sql, workspace, flow.id)).document : null;
  const trigger = document?.nodes.find(({ id }) => id === node);
  const own = trigger && "sample" in trigger ? trigger.sample : undefined;
  const sample = own ?? (await connectorSample(sql, workspace, { trigger, pins: document?.pins ?? {} })) ?? { example: true };
  return JSON.stringify(recipe.batch ? batchOf(recipe.batch.path, sample) : sample);
}

async function connectorSample(
  sql: Sql,
  workspace: string,
  { trigger, pins }: { trigger: FlowNode | undefined; pins: Pins },
): Promise<Json | undefined> {
  if (trigger?.kind !== "app-trigger") return undefined;
  const number = Object.hasOwn(pins, trigger.connector) ? (pins[trigger.connector] ?? null) : null;
  const version = await findVersion(sql, workspace, { key: trigger.connector, number });
  // Parsed by its schema when it was frozen.
  const { triggers = [] } = version ? (JSON.parse(version.document) as Partial<Connector>) : {};
  return triggers.find(({ key }) => key === trigger.trigger)?.sample;
}

function batchOf(path: string, sample: Json): Json {
  const names = path === "" ? [] : (parsePath(path) ?? []);
  return names.reduceRight<Json>((inner, name) => ({ [name]: inner }), [sample]);
}

type Sample = { url: string; id: string; body: string; now: number };

/** Stands where the sender has to put the secret. */
const placeholder = "$SECRET";

function curlOf(hook: LoadedHook, sample: Sample): { curl: string | null; curlNote: string } {
  const { recipe, secrets } = hook;
  const request = {
    method: "POST",
    url: sample.url,
    headers: { "content-type": contentType(hook) },
    body: Buffer.from(sample.body),
    id: sample.id,
  };
  const current = secrets.find(({ expiresAt }) => expiresAt === null || sample.now < expiresAt)?.secret;
  switch (recipe.kind) {
    case "basic":
      return {
        curl: curlText({ url: sample.url, headers: request.headers }, sample.body, ` -u "${placeholder}"`),
        curlNote: "Put user:password in the place of $SECRET.",
      };
    case "token":
    case "url-secret": {
      const signed = signDelivery(recipe, placeholder, request, sample.now);
      const curlNote =
        recipe.kind === "token"
          ? "Put the token in the place of $SECRET."
          : "Whoever knows the URL can send: keep it to yourself.";
      return signed ? { curl: curlText(signed, sample.body), curlNote } : unsigned();
    }
    default: {
      if ("partial" in recipe && recipe.partial) return open();
      const signed = current === undefined ? null : signDelivery(recipe, current, request, sample.now);
      return signed
        ? {
            curl: curlText(signed, sample.body),
            curlNote: "Signed just now: it is taken for a few minutes where the scheme has a time.",
          }
        : unsigned();
    }
  }
}

/** Whoever reads the sheet could put any event behind such a signature. */
function open() {
  return { curl: null, curlNote: "No signed sample is shown: the signatures of this scheme leave the body open." };
}

function unsigned() {
  return { curl: null, curlNote: "No sample can be signed here: the key is the provider's, or there is no secret yet." };
}

function contentType({ recipe }: LoadedHook): string {
  return recipe.contentTypes?.[0] ?? "application/json";
}

function curlText({ url, headers }: SignedRequest, body: string, more = ""): string {
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return [`curl -X POST ${quoted(url)}${more}`, ...lines, `--data-raw ${quoted(body)}`].join(" \\\n  ");
}

/** For a POSIX shell: literal, but for the placeholder. */
function quoted(text: string): string {
  const literal = (part: string) => `'${part.replaceAll("'", "'\\''")}'`;
  return text.includes(placeholder) ? text.split(placeholder).map(literal).join(`"${placeholder}"`) : literal(text);
}

function answersOf({ answer: { status }, recipe }: LoadedHook): HookSheet["answers"] {
  const again = recipe.dedupe ? " Sent again, the same event is answered so as well and counts once." : "";
  return [
    { status, meaning: `The event is stored.${again}` },
    { status: 202, meaning: "The event is stored; what it starts takes longer than you would wait." },
    {
      status: 401,
      meaning: "The signature is missing, wrong or too old: nothing was stored. The same bytes will not be taken later.",
    },
    { status: 410, meaning: "Nobody wants these events any more: end the subscription." },
    { status: 413, meaning: "The body is too large." },
    { status: 503, meaning: "Nothing can be stored now: send it again, after the time that Retry-After says." },
  ];
}

function retriesOf({ recipe }: LoadedHook): string {
  const again = "Send an event again, later and later, until it is answered 2xx; for three days at least.";
  if (!recipe.dedupe) return `${again} Each delivery counts as an event of its own: there is no id by which it is known again.`;
  const days = Math.round(recipe.dedupe.windowMs / 86_400_000);
  return `${again} The same id counts once within ${days < 2 ? `${Math.round(recipe.dedupe.windowMs / 3_600_000)} hours` : `${days} days`}.`;
}
