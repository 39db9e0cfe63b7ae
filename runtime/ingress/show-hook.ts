import type { HookDetail } from "../../shared/api/subscriptions.ts";
import { AppError } from "../../shared/app-error.ts";
import { describeRecipe } from "../../shared/event/describe-recipe.ts";
import type { SubscriptionStep } from "../../shared/event/subscription.ts";
import type { Vault } from "../connections/vault.ts";
import type { Clock } from "../ids.ts";
import type { ProbeUrl } from "../outbound/probe-url.ts";
import type { Sql } from "../store/sql.ts";
import { listenerOf } from "./listener.ts";
import type { LoadedHook, LoadHook } from "./load-hook.ts";
import { newProbe, probeHeader } from "./probe.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock; loadHook: LoadHook; publicUrl: string };
type Row = { secretSetAt: number | null; reason: string | null; expiresAt: number | null; sheet: string | null };

const mostSteps = 100;

/** A hook of this workspace, loaded as a delivery would load it. Throws `not_found`. */
export async function requireHook({ loadHook }: Pick<Deps, "loadHook">, workspace: string, id: string): Promise<LoadedHook> {
  const hook = await loadHook(id);
  if (!hook || hook.workspace !== workspace) throw new AppError("not_found", `there is no hook ${id}`);
  return hook;
}

/** A subscription with its history, for people. Throws `not_found`. */
export async function showHook(deps: Deps, workspace: string, id: string): Promise<HookDetail> {
  const { sql, clock, publicUrl } = deps;
  const hook = await requireHook(deps, workspace, id);
  const [row] = await sql.read<Row>(
    `SELECT secret_set_at AS "secretSetAt", reason, expires_at AS "expiresAt", sheet_hash AS sheet FROM hooks WHERE id = $1`,
    [id],
  );
  const history = await sql.list<{ at: number; step: SubscriptionStep; message: string }>(
    `SELECT at, step, message FROM subscription_steps WHERE hook_id = $1 ORDER BY id DESC LIMIT ${mostSteps}`,
    [id],
  );
  const now = clock();
  const old = hook.secrets.flatMap(({ expiresAt }) => (expiresAt !== null && expiresAt > now ? [expiresAt] : []));
  return {
    id,
    kind: hook.kind,
    url: hasOwnUrl(hook) ? `${publicUrl}/hooks/${id}` : null,
    flow: hook.flow,
    node: hook.node,
    recipe: describeRecipe(hook.recipe),
    settings: hook.recipe,
    challenges: hook.challenges.map(({ recipe }) => recipe),
    answer: hook.answer,
    secretSetAt: row?.secretSetAt ?? null,
    previousUntil: old.length === 0 ? null : Math.max(...old),
    state: hook.state,
    reason: row?.reason ?? null,
    expiresAt: row?.expiresAt ?? null,
    listener: listenerOf(hook, now),
    sheet: row?.sheet != null,
    history,
  };
}

/** A RESThook's URL is the provider's and ours alone, and what a global URL leads to has none of its own. */
export function hasOwnUrl({ kind, flow }: LoadedHook): boolean {
  return kind === "static" || kind === "api" || (kind === "global" && flow === null);
}

export type ProbeResult = { outcome: "reached" | "elsewhere" | "unreachable" | "blocked"; message: string };

/** Calls a hook's public URL as somebody outside would, and looks whether it leads here. Throws `not_found`. */
export async function probeHook(
  { vault, publicUrl, probeUrl, ...deps }: Pick<Deps, "vault" | "publicUrl" | "loadHook"> & { probeUrl: ProbeUrl },
  workspace: string,
  id: string,
): Promise<ProbeResult> {
  await requireHook(deps, workspace, id);
  const { nonce, sealed } = await newProbe(vault, { workspace, hook: id });
  const probed = await probeUrl(`${publicUrl}/hooks/${id}`, { [probeHeader]: sealed });
  if (probed.outcome === "blocked")
    return {
      outcome: "blocked",
      message: `${publicUrl} is no https address that somebody outside can reach, so it was not asked. Set PATCHBAY_PUBLIC_URL to one.`,
    };
  if (probed.outcome === "unreachable")
    return { outcome: "unreachable", message: `${publicUrl} does not answer: ${probed.message}.` };
  if (probed.headers[probeHeader] === nonce) return { outcome: "reached", message: `${publicUrl} leads here.` };
  return {
    outcome: "elsewhere",
    message: `${publicUrl} answered ${probed.status}, but it was not this installation: look at the proxy in front of it.`,
  };
}
