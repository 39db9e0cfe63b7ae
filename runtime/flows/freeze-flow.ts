import { AppError } from "../../shared/app-error.ts";
import { Flow } from "../../shared/flow/flow.ts";
import type { CallNode } from "../../shared/flow/node.ts";
import { type FlowProblem, validateFlow } from "../../shared/flow/validate-flow.ts";
import { type FreezeProblem, freezeConnectors } from "../connectors/publish-connector.ts";
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
export type FrozenFlow = { version: string; problems: FlowProblem[]; statements: Statement[] };

/** Freezes a document as a version of its flow, with a version of each connector that it uses, and checks it against these. */
export async function freezeFlow(deps: FreezeDeps, { workspace, flow, document, number }: ToFreeze): Promise<FrozenFlow> {
  const parsed = Flow.parse(document);
  const calls = parsed.nodes.filter((node) => node.kind === "call");
  const connectors = await freezeConnectors(
    deps,
    workspace,
    calls.map(({ connector }) => connector),
  );
  const version = deps.ids.next("ver");
  const statement = {
    text: `INSERT INTO flow_versions (id, workspace_id, flow_id, number, document, connector_versions, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    params: [version, workspace, flow, number, JSON.stringify(parsed), JSON.stringify(connectors.versions), deps.clock()],
  };
  const problems = validateFlow(parsed, connectors.documents);
  return {
    version,
    problems: withConnectorProblems(problems, calls, connectors.problems),
    statements: [...connectors.statements, statement],
  };
}

/** A connector that is there but cannot be frozen is not unknown: its own problems take the place, once, at its first node. */
function withConnectorProblems(problems: FlowProblem[], calls: CallNode[], broken: FreezeProblem[]): FlowProblem[] {
  const unfinished = broken.filter(({ field }) => field !== "");
  const keys = new Set(unfinished.map(({ connector }) => connector));
  const nodes = new Map(calls.map((node) => [node.id, node.connector]));
  const others = problems.filter(({ code, node }) => code !== "unknown_connector" || !keys.has(nodes.get(node ?? "") ?? ""));
  const own = unfinished.map(({ connector, message }) => ({
    node: calls.find((node) => node.connector === connector)?.id ?? null,
    field: "connector",
    code: "unfinished_connector",
    message,
  }));
  return [...others, ...own];
}

/** Throws `invalid_document` with all problems in its details when there is one. */
export function requireNoProblems(problems: FlowProblem[]): void {
  const [first] = problems;
  if (first) throw new AppError("invalid_document", first.message, { details: { problems } });
}

/** The number of the flow's next version. Two that publish at once have the same: the unique key lets one of them through. */
export async function nextVersionNumber(sql: Sql, flow: string): Promise<number> {
  const [last] = await sql.read<{ number: number | null }>(`SELECT max(number) AS number FROM flow_versions WHERE flow_id = $1`, [
    flow,
  ]);
  return Number(last?.number ?? 0) + 1;
}
