import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import { readConfig } from "../config.ts";
import { setHookSecret } from "../ingress/set-hook-secret.ts";
import { openExisting } from "../roles/foundation.ts";
import { operatorsEnvironment } from "./operators-environment.ts";

type HookRow = { id: string; flow: string; secretSetAt: number | null };

const usage = `Usage: npm run patchbay -- hooks list [--json]
       npm run patchbay -- hooks set-secret <hook id> --secret-stdin [--overlap DURATION]

  --overlap   how long the old secret counts beside the new one, e.g. 90s, 30m, 24h or 7d (the most); left out: it ends at once`;

/** Works on the database itself, so it needs no session: who can read the data folder is the operator. */
export async function hooks(args: string[]): Promise<void> {
  const flag = { type: "boolean" as const };
  const options = { json: flag, "secret-stdin": flag, overlap: { type: "string" as const } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [verb, hook] = positionals;
  if (verb === "list") return list(values.json === true);
  // Never as an argument: those are visible to every user of the machine.
  if (verb === "set-secret" && hook && values["secret-stdin"]) {
    const overlapMs = readOverlap(values.overlap ?? "0s");
    return setSecret(hook, (await text(process.stdin)).trim(), overlapMs);
  }
  throw new AppError("bad_request", usage);
}

async function list(json: boolean): Promise<void> {
  const env = operatorsEnvironment(process.env);
  const config = readConfig(env);
  const { pair, sql } = await openExisting(config, env);
  const rows = await sql.read<HookRow>(
    `SELECT h.id, f.name AS flow, h.secret_set_at AS "secretSetAt" FROM hooks h JOIN flows f ON f.id = h.flow_id ORDER BY h.created_at, h.id`,
  );
  await pair.close();
  const found = rows.map((row) => ({ ...row, url: `${config.publicUrl}/hooks/${row.id}` }));
  if (json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else
    for (const row of found)
      process.stdout.write(`${row.flow}\n  ${row.url}\n  secret ${row.secretSetAt === null ? "not set" : "set"}\n`);
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const mostOverlapMs = 7 * 86_400_000;

function readOverlap(text: string): number {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (units[unit] ?? Number.NaN);
  if (!(ms <= mostOverlapMs)) throw new AppError("bad_request", "--overlap must be like 90s, 30m, 24h or 7d, and at most 7d");
  return ms;
}

async function setSecret(hook: string, secret: string, overlapMs: number): Promise<void> {
  const env = operatorsEnvironment(process.env);
  const foundation = await openExisting(readConfig(env), env);
  await setHookSecret(foundation, hook, secret, overlapMs);
  await foundation.pair.close();
  const old = overlapMs === 0 ? "no longer counts" : `counts until ${new Date(foundation.clock() + overlapMs).toISOString()}`;
  process.stdout.write(`The secret of ${hook} is set; the old one ${old}.\n`);
}
