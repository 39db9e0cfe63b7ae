import { AppError } from "../../shared/app-error.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { exportFlow, type FlowFile, importFlow, readFlowFile } from "../../shared/flow/flow-file.ts";
import type { Json } from "../../shared/json.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { readDraft } from "./draft-rows.ts";
import { readFlow } from "./flow-rows.ts";
import { newFlow } from "./publish-flow.ts";

/** The file of a flow's draft. Throws `not_found`. */
export async function flowFile(sql: Sql, workspace: string, flow: string): Promise<FlowFile> {
  const { flow: summary } = await readFlow(sql, workspace, flow);
  const { document } = await readDraft(sql, workspace, flow);
  return fileOf(sql, workspace, { name: summary.name, description: summary.description, document });
}

/** The file of any document of a flow, e.g. of the version that a run had. */
export async function fileOf(
  sql: Sql,
  workspace: string,
  described: { name: string; description: string; document: Flow },
): Promise<FlowFile> {
  const rows = await sql.read<{ id: string; name: string }>(`SELECT id, name FROM flows WHERE workspace_id = $1`, [workspace]);
  return exportFlow(described, new Map(rows.map(({ id, name }) => [id, name])));
}

/** Throws `invalid_document` with `details.problems: string[]`. */
export function requireFlowFile(value: Json): FlowFile {
  const read = readFlowFile(value);
  if (read.outcome === "read") return read.file;
  throw new AppError("invalid_document", `the file cannot be imported: ${read.problems.join("; ")}`, {
    details: { problems: read.problems },
  });
}

type Deps = { sql: Sql; clock: Clock; ids: Ids };
/** `person`: who may decide approvals that named somebody; null: nobody, until people are chosen. */
export type ToImport = {
  workspace: string;
  file: FlowFile;
  name?: string | undefined;
  slots: Record<string, string>;
  flows: Record<string, string>;
  person: string | null;
};

/**
 * Makes a draft of a file; gives the flow's id, and what still has to be seen to, in words. Throws `bad_request` for a slot that the file
 * does not have, and for what cannot fill it.
 */
export async function importFlowFile(deps: Deps, asked: ToImport): Promise<{ flow: string; notes: string[] }> {
  const { workspace, file, person } = asked;
  await requireFilling(deps.sql, asked);
  const people = person === null ? {} : Object.fromEntries(file.people.map((slot) => [slot, person]));
  const document = importFlow(file, { slots: asked.slots, flows: asked.flows, people });
  const name = asked.name ?? file.name;
  const { id, statement } = newFlow(deps, { workspace, name, description: file.description });
  const now = deps.clock();
  const stored = await deps.sql.commit([
    statement,
    {
      text: `UPDATE flows SET draft = $1, draft_revision = 1, draft_saved_at = $2, updated_at = $2 WHERE id = $3`,
      params: [JSON.stringify(document), now, id],
      expectRows: 1,
    },
  ]);
  if (stored.outcome !== "committed") throw new AppError("internal", `the flow "${name}" could not be stored`);
  return { flow: id, notes: notesOn(asked) };
}

function notesOn({ file, slots, flows, person }: ToImport): string[] {
  return [
    ...file.slots
      .filter(({ slot }) => !Object.hasOwn(slots, slot))
      .map(({ slot, connector }) => `${slot}: choose a connection of "${connector}"`),
    ...file.flows
      .filter(({ slot }) => !Object.hasOwn(flows, slot))
      .map(({ slot, name }) => `${slot}: choose the flow that was "${name}"`),
    ...(file.people.length === 0
      ? []
      : [
          person === null
            ? "approvals: choose who may decide; nobody may so far"
            : "approvals: only you may decide, until you choose others",
        ]),
  ];
}

async function requireFilling(sql: Sql, { workspace, file, slots, flows }: ToImport): Promise<void> {
  const connections = await sql.read<{ id: string; connector: string }>(
    `SELECT n.id, c.key AS connector FROM connections n JOIN connectors c ON c.id = n.connector_id WHERE n.workspace_id = $1`,
    [workspace],
  );
  for (const [slot, id] of Object.entries(slots)) {
    const wanted = file.slots.find((each) => each.slot === slot);
    if (!wanted) throw new AppError("bad_request", `slots: the file has no slot "${slot}"`);
    const found = connections.find((connection) => connection.id === id);
    if (found?.connector !== wanted.connector)
      throw new AppError("bad_request", `slots.${slot}: ${id} is no connection of "${wanted.connector}"`);
  }
  for (const [slot, id] of Object.entries(flows)) {
    if (!file.flows.some((each) => each.slot === slot))
      throw new AppError("bad_request", `flows: the file has no slot "${slot}"`);
    await readFlow(sql, workspace, id);
  }
}

/** What there is to fill the slots of a file with. */
export async function importChoices(sql: Sql, workspace: string, file: FlowFile) {
  const connections = await sql.read<{ id: string; name: string; connector: string }>(
    `SELECT n.id, n.name, c.key AS connector FROM connections n JOIN connectors c ON c.id = n.connector_id
     WHERE n.workspace_id = $1 ORDER BY n.name, n.id`,
    [workspace],
  );
  const flows = await sql.read<{ id: string; name: string }>(
    `SELECT id, name FROM flows WHERE workspace_id = $1 ORDER BY name, id`,
    [workspace],
  );
  const keys = await sql.read<{ key: string }>(
    `SELECT c.key FROM installations i JOIN connectors c ON c.id = i.connector_id WHERE i.workspace_id = $1`,
    [workspace],
  );
  const installed = new Set(keys.map(({ key }) => key));
  return {
    name: file.name,
    nodes: file.flow.nodes.length,
    slots: file.slots.map(({ slot, connector }) => ({
      slot,
      connector,
      installed: installed.has(connector),
      connections: connections.filter((each) => each.connector === connector).map(({ id, name }) => ({ id, name })),
    })),
    flows: file.flows.map(({ slot, name }) => ({ slot, name, flows })),
    people: file.people.length,
  };
}
