import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import { readConfig } from "../config.ts";
import { setHookSecret } from "../ingress/set-hook-secret.ts";
import { openExisting } from "../roles/foundation.ts";
import { operatorsEnvironment } from "./operators-environment.ts";

type HookRow = { id: string; flow: string; secretSetAt: number | null };

const usage = `Usage: npm run patchbay -- hooks list [--json]
       npm run patchbay -- hooks set-secret <hook id> --secret-stdin`;

/** Works on the database itself, so it needs no session: who can read the data folder is the operator. */
export async function hooks(args: string[]): Promise<void> {
  const options = { json: { type: "boolean" as const }, "secret-stdin": { type: "boolean" as const } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [verb, hook] = positionals;
  if (verb === "list") return list(values.json === true);
  // Never as an argument: those are visible to every user of the machine.
  if (verb === "set-secret" && hook && values["secret-stdin"]) return setSecret(hook, (await text(process.stdin)).trim());
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

async function setSecret(hook: string, secret: string): Promise<void> {
  const env = operatorsEnvironment(process.env);
  const foundation = await openExisting(readConfig(env), env);
  await setHookSecret(foundation, hook, secret);
  await foundation.pair.close();
  process.stdout.write(`The secret of ${hook} is set; the old one no longer counts.\n`);
}
