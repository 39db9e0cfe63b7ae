import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { Sql } from "../store/sql.ts";
import type { LoadVersion } from "./load-version.ts";
import { startTriggerOf } from "./start-trigger.ts";

/** A flow that another one may start: its published version, the trigger by which it is started, and what that marks as secret. */
export type FoundFlow =
  | { found: true; flow: string; version: string; trigger: string; secretPaths?: readonly string[] | undefined }
  | { found: false; message: string };
export type FindFlow = (workspace: string, flow: string) => Promise<FoundFlow>;

/** Finds flows for sub-flow steps and for error flows. A paused flow is started as well: nothing from outside reaches it this way. */
export function createFindFlow(sql: Sql, loadVersion: LoadVersion): FindFlow {
  return async (workspace, flow) => {
    const [row] = await sql.read<{ name: string; version: string | null }>(
      `SELECT name, published_version_id AS version FROM flows WHERE id = $1 AND workspace_id = $2`,
      [flow, workspace],
    );
    if (!row) return { found: false, message: `there is no flow ${flow}` };
    if (row.version === null) return { found: false, message: `the flow "${row.name}" is not published` };
    const version = await loadVersion(workspace, row.version);
    const trigger = startTriggerOf(version.flow.nodes.filter(isTrigger));
    return trigger
      ? { found: true, flow, version: row.version, trigger: trigger.id, secretPaths: trigger.secretPaths }
      : { found: false, message: `the flow "${row.name}" has no manual or API trigger by which it could be started` };
  };
}
