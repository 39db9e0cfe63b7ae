import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { AppError } from "../../shared/app-error.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { type Config, readConfig } from "../config.ts";
import { openExisting } from "../roles/foundation.ts";
import { operatorsEnvironment } from "./operators-environment.ts";

const flowName = "Inbound lead";

/** What a provider would do: gets a fresh secret by the operator's command, signs an event with it and posts it over HTTP. */
export async function demo(): Promise<void> {
  const env = operatorsEnvironment(process.env);
  const config = readConfig(env);
  const { hook, sample } = await exampleHook(config, env);
  const secret = randomBytes(24).toString("base64url");
  await setSecretByCommand(hook, secret);

  const body = JSON.stringify(sample);
  const id = `demo_${randomUUID()}`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("hex");
  const url = `${config.publicUrl}/hooks/${hook}`;
  const headers = {
    "Content-Type": "application/json",
    "X-Patchbay-Id": id,
    "X-Patchbay-Timestamp": timestamp,
    "X-Patchbay-Signature": `v1=${signature}`,
  };
  process.stdout.write(`\nPOST ${url}\n${JSON.stringify(sample, null, 2)}\n`);
  const response = await post(url, headers, body);
  const run = response.headers.get("x-patchbay-run");
  process.stdout.write(`\n${response.status} ${response.statusText}\n${pretty(await response.text())}\n`);
  if (run) process.stdout.write(`\nSee the run: ${config.publicUrl}/runs/${run}\n\n`);
  if (!response.ok) process.exitCode = 1;
}

async function exampleHook(config: Config, env: NodeJS.ProcessEnv) {
  const { sql, pair } = await openExisting(config, env);
  const [row] = await sql.read<{ hook: string; node: string; document: string }>(
    `SELECT h.id AS hook, h.node, v.document FROM flows f JOIN hooks h ON h.flow_id = f.id
     JOIN flow_versions v ON v.id = f.published_version_id WHERE f.name = $1 ORDER BY f.created_at LIMIT 1`,
    [flowName],
  );
  await pair.close();
  if (!row) throw new AppError("not_found", `there is no published flow "${flowName}": run npm start first`);
  const trigger = Flow.parse(JSON.parse(row.document)).nodes.find((node) => node.id === row.node);
  return { hook: row.hook, sample: trigger?.kind === "webhook-trigger" ? (trigger.sample ?? {}) : {} };
}

async function setSecretByCommand(hook: string, secret: string): Promise<void> {
  const { spawnSync } = await import("node:child_process");
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  process.stdout.write(`\n$ npm run patchbay -- hooks set-secret ${hook} --secret-stdin\n`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "hooks", "set-secret", hook, "--secret-stdin"], {
    input: secret,
    encoding: "utf8",
  });
  if (status !== 0) throw new AppError("config", `the secret could not be set: ${stderr.replace(/^patchbay: /, "").trimEnd()}`);
  process.stdout.write(stdout);
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<Response> {
  try {
    return await fetch(url, { method: "POST", headers, body });
  } catch (cause) {
    throw new AppError("unavailable", `nothing answers at ${url}: run npm start or npm run cluster in another terminal first`, {
      cause,
    });
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
