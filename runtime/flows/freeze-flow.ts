import { AppError } from "../../shared/app-error.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { connectorOf } from "../../shared/flow/node.ts";
import { blocking, type FlowProblem, validateFlow } from "../../shared/flow/validate-flow.ts";
import { type PinnedConnectors, type PinProblem, type Pins, pinConnectors } from "../connectors/publish-connector.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";

export type FreezeDeps = { sql: Sql; ids: Ids; clock: Clock };
type ToFreeze = {
  workspace: string;
  flow: string;
  document: Flow;
  /** Null for the frozen draft of a test run, which no list of versions shows. */
  number: number | null;
};
/** The version exists once `statements` are committed; with `problems` it could not run. */
export type FrozenFlow = {
  version: string;
  document: Flow;
  connectors: PinnedConnectors;
  problems: FlowProblem[];
  statements: Statement[];
};

/** Freezes a document as a version of its flow, pinned to a version of each connector that it uses, and checks it against these. */
export async function freezeFlow(deps: FreezeDeps, { workspace, flow, document, number }: ToFreeze): Promise<FrozenFlow> {
  const parsed = Flow.parse(document);
  const users = parsed.nodes.flatMap((node) => {
    const connector = connectorOf(node);
    return connector === null ? [] : [{ id: node.id, connector }];
  });
  const keys = users.map(({ connector }) => connector);
  const pins = { ...(await publishedPins(deps.sql, workspace, flow)), ...parsed.pins };
  const connectors = await pinConnectors(deps.sql, workspace, { keys, pins });
  const version = deps.ids.next("ver");
  const statement = {
    text: `INSERT INTO flow_versions (id, workspace_id, flow_id, number, document, connector_versions, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    params: [version, workspace, flow, number, JSON.stringify(parsed), JSON.stringify(connectors.versions), deps.clock()],
  };
  const problems = validateFlow(parsed, connectors.documents);
  return {
    version,
    document: parsed,
    connectors,
    problems: withConnectorProblems(problems, users, connectors.problems),
    statements: [...connectors.statements, statement],
  };
}

/** The connector versions that the published version of a flow runs with: an upgrade is a decision, never a side effect. */
export async function publishedPins(sql: Sql, workspace: string, flow: string): Promise<Pins> {
  const [row] = await sql.read<{ versions: string }>(
    `SELECT v.connector_versions AS versions FROM flows f JOIN flow_versions v ON v.id = f.published_version_id
     WHERE f.id = $1 AND f.workspace_id = $2`,
    [flow, workspace],
  );
  const pins: Pins = {};
  for (const id of row ? (JSON.parse(row.versions) as string[]) : []) {
    const [version] = await sql.read<{ key: string; number: number }>(
      `SELECT c.key, v.number FROM connector_versions v JOIN connectors c ON c.id = v.connector_id WHERE v.id = $1`,
      [id],
    );
    if (version) pins[version.key] = Number(version.number);
  }
  return pins;
}

type ConnectorUser = { id: string; connector: string };

/** A connector that is there but not installed is not unknown: that takes the place, once, at its first node. */
function withConnectorProblems(problems: FlowProblem[], users: ConnectorUser[], missing: PinProblem[]): FlowProblem[] {
  const known = missing.filter((problem) => problem.known);
  const keys = new Set(known.map(({ connector }) => connector));
  const nodes = new Map(users.map((node) => [node.id, node.connector]));
  const others = problems.filter(({ code, node }) => code !== "unknown_connector" || !keys.has(nodes.get(node ?? "") ?? ""));
  const own = known.map(({ connector, message }) => ({
    node: users.find((node) => node.connector === connector)?.id ?? null,
    field: "connector",
    code: "not_installed",
    message,
    severity: "error" as const,
  }));
  return [...others, ...own];
}

/** Throws `invalid_document` with all problems in its details, warnings among them, when there is an error. */
export function requireNoProblems(problems: FlowProblem[]): void {
  const [first] = blocking(problems);
  if (first) throw new AppError("invalid_document", first.message, { details: { problems } });
}

/** The number of the flow's next version. Two that publish at once have the same: the unique key lets one of them through. */
export async function nextVersionNumber(sql: Sql, flow: string): Promise<number> {
  const [last] = await sql.read<{ number: number | null }>(`SELECT max(number) AS number FROM flow_versions WHERE flow_id = $1`, [
    flow,
  ]);
  return Number(last?.number ?? 0) + 1;
}
