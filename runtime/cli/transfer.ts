import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import { canonicalText } from "../../shared/canonical-text.ts";
import { exportConnector } from "../../shared/connector/connector-file.ts";
import type { FlowFile } from "../../shared/flow/flow-file.ts";
import type { Json } from "../../shared/json.ts";
import { readConfig } from "../config.ts";
import { readConnector } from "../connectors/connector-rows.ts";
import { importConnectorFile, requireConnectorFile } from "../connectors/transfer-connector.ts";
import { flowFile, importFlowFile, requireFlowFile } from "../flows/transfer-flow.ts";
import { type Foundation, openExisting } from "../roles/foundation.ts";
import { operatorsEnvironment } from "./operators-environment.ts";
import { readJsonFile } from "./read-json-file.ts";

const exportUsage = `Usage: npm run patchbay -- export <flow> [file]
       npm run patchbay -- export --connector <key> [file]

  <flow>   its id, or its name where no other flow has it; without a file it goes to standard output`;
const importUsage = `Usage: npm run patchbay -- import <file> [--name NAME] [--slot SLOT=CONNECTION]... [--flow SLOT=FLOW]...

  --slot   fills a connection slot of the file, by the connection's id or name
  --flow   fills a flow slot of the file, by the flow's id or name`;

/** Writes a flow or a connector as a canonical file. Works on the database itself, as the operator. */
export async function exportFile(args: string[]): Promise<void> {
  const { values, positionals } = parsed(exportUsage, () =>
    parseArgs({ args, options: { connector: { type: "string" } }, allowPositionals: true }),
  );
  const [first, second, ...more] = positionals;
  const [flow, target] = values.connector === undefined ? [first, second] : [undefined, first];
  if ((flow === undefined) === (values.connector === undefined) || more.length > 0)
    throw new AppError("bad_request", exportUsage);
  const text = await withDatabase(async ({ sql }) => {
    if (flow !== undefined) {
      const found = await findFlow({ sql }, flow, null);
      return canonicalText(await flowFile(sql, found.workspace, found.id));
    }
    const workspace = await onlyWorkspace({ sql });
    return canonicalText(exportConnector((await readConnector(sql, workspace, values.connector ?? "")).document));
  });
  if (target === undefined) process.stdout.write(text);
  else {
    await writeFile(target, text);
    process.stdout.write(`Written to ${target}\n`);
  }
}

/** Makes a draft of a file: of a flow, or of a connector. */
export async function importFile(args: string[]): Promise<void> {
  const many = { type: "string" as const, multiple: true as const };
  const { values, positionals } = parsed(importUsage, () =>
    parseArgs({ args, options: { name: { type: "string" }, slot: many, flow: many }, allowPositionals: true }),
  );
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new AppError("bad_request", importUsage);
  const value = await readJsonFile(path);
  await withDatabase(async (foundation) => {
    const workspace = await onlyWorkspace(foundation);
    if (kindOf(value) === "connector") {
      const made = await importConnectorFile(foundation, { workspace, file: requireConnectorFile(value) });
      return say(`Imported as the connector ${made.connector}`, made.notes);
    }
    const file = requireFlowFile(value);
    const slots = await filled(values.slot, "--slot", (slot, wanted) =>
      findConnection(foundation, { workspace, file, slot, wanted }),
    );
    const flows = await filled(values.flow, "--flow", async (_, wanted) => (await findFlow(foundation, wanted, workspace)).id);
    const made = await importFlowFile(foundation, { workspace, file, name: values.name, slots, flows, person: null });
    say(`Imported as the draft ${made.flow}`, made.notes);
  });
}

function parsed<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new AppError("bad_request", usage, { cause });
  }
}

function say(done: string, notes: string[]): void {
  process.stdout.write([done, ...notes.map((note) => `  ${note}`), ""].join("\n"));
}

function kindOf(value: Json): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value.patchbay : undefined;
}

async function withDatabase<T>(work: (foundation: Foundation) => Promise<T>): Promise<T> {
  const env = operatorsEnvironment(process.env);
  const foundation = await openExisting(readConfig(env), env);
  try {
    return await work(foundation);
  } finally {
    await foundation.pair.close();
  }
}

async function onlyWorkspace({ sql }: Pick<Foundation, "sql">): Promise<string> {
  const [row] = await sql.read<{ id: string }>(`SELECT id FROM workspaces ORDER BY created_at, id LIMIT 1`);
  if (!row) throw new AppError("not_found", "there is no workspace yet: start a server first");
  return row.id;
}

async function findFlow({ sql }: Pick<Foundation, "sql">, wanted: string, workspace: string | null) {
  const rows = await sql.read<{ id: string; workspace: string }>(
    `SELECT id, workspace_id AS workspace FROM flows WHERE (id = $1 OR name = $1) ORDER BY id`,
    [wanted],
  );
  const found = rows.filter((row) => workspace === null || row.workspace === workspace);
  const flow = found.find(({ id }) => id === wanted) ?? found[0];
  if (!flow) throw new AppError("not_found", `there is no flow "${wanted}"`);
  if (flow.id !== wanted && found.length > 1)
    throw new AppError(
      "bad_request",
      `${found.length} flows have the name "${wanted}": give the id, one of ${found.map(({ id }) => id).join(", ")}`,
    );
  return flow;
}

/** `SLOT=VALUE` arguments as a record. */
async function filled(
  given: string[] = [],
  option: string,
  find: (slot: string, wanted: string) => Promise<string>,
): Promise<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const text of given) {
    const at = text.indexOf("=");
    if (at < 1) throw new AppError("bad_request", `${option} must be like name=value, not "${text}"`);
    const slot = text.slice(0, at);
    entries.push([slot, await find(slot, text.slice(at + 1))]);
  }
  return Object.fromEntries(entries);
}

async function findConnection(
  { sql }: Pick<Foundation, "sql">,
  { workspace, file, slot, wanted }: { workspace: string; file: FlowFile; slot: string; wanted: string },
): Promise<string> {
  const connector = file.slots.find((each) => each.slot === slot)?.connector;
  if (connector === undefined) throw new AppError("bad_request", `--slot: the file has no slot "${slot}"`);
  const rows = await sql.read<{ id: string }>(
    `SELECT n.id FROM connections n JOIN connectors c ON c.id = n.connector_id
     WHERE n.workspace_id = $1 AND c.key = $2 AND (n.id = $3 OR n.name = $3) ORDER BY n.id`,
    [workspace, connector, wanted],
  );
  const [row] = rows;
  if (!row) throw new AppError("not_found", `--slot ${slot}: there is no connection "${wanted}" of the connector "${connector}"`);
  if (rows.length > 1)
    throw new AppError("bad_request", `--slot ${slot}: several connections have the name "${wanted}": give the id`);
  return row.id;
}
