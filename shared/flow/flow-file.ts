import { z } from "zod";
import { sortedRecord } from "../canonical-text.ts";
import { isTooDeep, type Json } from "../json.ts";
import { applyEdit } from "./apply-edit.ts";
import { Flow } from "./flow.ts";
import { connectorOf, FlowNode } from "./node.ts";

export const SlotName = z.string().regex(/^[a-z][a-z0-9-]{0,70}$/, "lower-case letters, digits and hyphens");

/**
 * A flow as a file: what belongs to one installation is replaced by named slots, which whoever imports it fills. Nodes name a slot where
 * a connection, a flow or a person stood.
 */
export const FlowFile = z.object({
  patchbay: z.literal("flow"),
  format: z.literal(1),
  name: z.string().trim().min(1).max(120),
  description: z.string().max(2_000).default(""),
  /** The connections that it needs, each one of a connector. */
  slots: z
    .array(z.object({ slot: SlotName, connector: z.string().max(63) }))
    .max(500)
    .default([]),
  /** The flows that it starts. */
  flows: z
    .array(z.object({ slot: SlotName, name: z.string().max(120) }))
    .max(500)
    .default([]),
  /** The people who decide its approvals. */
  people: z.array(SlotName).max(500).default([]),
  flow: Flow.omit({ pins: true }),
});
export type FlowFile = z.infer<typeof FlowFile>;

export type Described = { name: string; description: string; document: Flow };

/**
 * Makes a flow's file. `flowNames`: names of the flows of the installation, by id. Pins are left out, since they are numbers of this
 * installation, and so are credentials that were typed into headers or the query of a request.
 */
export function exportFlow({ name, description, document }: Described, flowNames: ReadonlyMap<string, string>): FlowFile {
  const slots = createSlots();
  const nodes = document.nodes.map((node) => withSlots(withoutCredentials(node), slots));
  const { errorFlow, ...settings } = document.settings ?? {};
  const started = errorFlow === undefined ? settings : { errorFlow: slots.flow(errorFlow), ...settings };
  const file = {
    patchbay: "flow",
    format: 1,
    name,
    description,
    slots: slots.connections(),
    flows: slots.flows().map(({ slot, id }) => ({ slot, name: flowNames.get(id) ?? "" })),
    people: slots.people(),
    flow: { schemaVersion: 1, nodes, edges: document.edges, ...(document.settings && { settings: started }) },
  };
  return FlowFile.parse(file);
}

type Slots = {
  connection(id: string, connector: string): string;
  flow(id: string): string;
  person(id: string): string;
  connections(): FlowFile["slots"];
  flows(): { slot: string; id: string }[];
  people(): string[];
};

/** Slots are numbered in the order in which the document first needs them. */
function createSlots(): Slots {
  const connections = new Map<string, { slot: string; connector: string }>();
  const flows = new Map<string, string>();
  const people = new Map<string, string>();
  const numbered = (known: Map<string, string>, word: string, id: string) => {
    const slot = known.get(id) ?? `${word}-${known.size + 1}`;
    known.set(id, slot);
    return slot;
  };
  return {
    connection(id, connector) {
      const key = `${connector}/${id}`;
      const count = [...connections.values()].filter((other) => other.connector === connector).length;
      const known = connections.get(key) ?? { slot: `${connector}-${count + 1}`, connector };
      connections.set(key, known);
      return known.slot;
    },
    flow: (id) => numbered(flows, "flow", id),
    person: (id) => numbered(people, "person", id),
    connections: () => [...connections.values()],
    flows: () => [...flows].map(([id, slot]) => ({ id, slot })),
    people: () => [...people.values()],
  };
}

function withSlots(node: FlowNode, slots: Slots): FlowNode {
  if (node.kind === "sub-flow") return node.flow === "" ? node : { ...node, flow: slots.flow(node.flow) };
  if (node.kind === "approval") return { ...node, approvers: node.approvers.map(slots.person) };
  if (node.kind !== "call" && node.kind !== "app-trigger" && node.kind !== "http") return withSortedRecords(node);
  const connector = connectorOf(node);
  const connection = node.connection === null || connector === null ? null : slots.connection(node.connection, connector);
  return withSortedRecords({ ...node, connection });
}

/** Values that a person wrote keep their order; forms that are filled in field by field have none. */
function withSortedRecords<N extends FlowNode>(node: N): N {
  const sorted: Record<string, unknown> = { ...node };
  for (const field of ["inputs", "labels", "query", "headers"] as const) {
    const record = sorted[field];
    if (typeof record === "object" && record !== null) sorted[field] = sortedRecord(record as Record<string, unknown>);
  }
  return sorted as N;
}

const credentialName = /auth|cookie|token|secret|password|api[-_]?key|signature/i;

function withoutCredentials(node: FlowNode): FlowNode {
  if (node.kind !== "http") return node;
  return { ...withoutTypedHeaders(node), query: open<Json>(node.query, ""), url: openUrl(node.url) };
}

/** A request without the credentials that were typed into its headers; templates stay. */
export function withoutTypedHeaders<N extends FlowNode>(node: N): N {
  return node.kind === "http" ? { ...node, headers: open(node.headers, "") } : node;
}

function open<V extends Json>(record: Record<string, V>, blank: V): Record<string, V> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]): [string, V] => [
      name,
      credentialName.test(name) && !String(value).includes("{{") ? blank : value,
    ]),
  );
}

/** A URL may be a template, so it is read as text: `//user:password@`, and fields of its query. */
function openUrl(url: string): string {
  return url
    .replace(/^(\s*https?:\/\/)[^/?#@{}]*@/i, "$1")
    .replace(/([?&])([^=&#{}]+)=([^&#{}]*)(?=[&#]|$)/g, (whole, start, name) =>
      credentialName.test(name) ? `${start}${name}=` : whole,
    );
}

/** What fills the slots of a file, by slot: ids of connections, flows and people. A slot that is left out stays empty. */
export type FilledSlots = { slots: Record<string, string>; flows: Record<string, string>; people: Record<string, string> };

/** The document of an imported flow. A person who is not known stays a name that nobody has: the approval is then nobody's, not everybody's. */
export function importFlow({ flow }: FlowFile, filled: FilledSlots): Flow {
  const nodes = flow.nodes.map((node): FlowNode => {
    if (node.kind === "sub-flow") return { ...node, flow: own(filled.flows, node.flow) ?? "" };
    if (node.kind === "approval")
      return { ...node, approvers: node.approvers.map((person) => own(filled.people, person) ?? person) };
    if (node.kind !== "call" && node.kind !== "app-trigger" && node.kind !== "http") return node;
    return { ...node, connection: node.connection === null ? null : (own(filled.slots, node.connection) ?? null) };
  });
  if (!flow.settings) return { ...flow, nodes };
  const { errorFlow, ...settings } = flow.settings;
  const found = errorFlow === undefined ? undefined : own(filled.flows, errorFlow);
  return { ...flow, nodes, settings: found === undefined ? settings : { errorFlow: found, ...settings } };
}

function own(record: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export type ReadFlowFile = { outcome: "read"; file: FlowFile } | { outcome: "refused"; problems: string[] };

const nodeKinds = new Set<string>(FlowNode.options.map(({ shape }) => shape.kind.value));
const mostProblems = 20;

/** Reads a file from outside. Refused with one sentence for each thing that is wrong, naming node and field. */
export function readFlowFile(value: Json): ReadFlowFile {
  if (isTooDeep(value, 100)) return refused(["the file nests deeper than 100 levels"]);
  const unknown = unknownKinds(value);
  if (unknown.length > 0) return refused(unknown);
  const parsed = FlowFile.safeParse(value);
  if (!parsed.success) return refused(parsed.error.issues.map(({ path, message }) => `${placeIn(value, path)}: ${message}`));
  const file = parsed.data;
  const problems = [...undeclared(file)];
  const { nodes, edges } = file.flow;
  const drawn = applyEdit(
    { schemaVersion: 1, nodes: [], edges: [] },
    { edit: "add", nodes: nodes.map((node) => ({ node })), edges: edges.map((edge) => ({ edge })) },
  );
  if (drawn.outcome === "refused") problems.push(`flow: ${drawn.message}`);
  return problems.length > 0 ? refused(problems) : { outcome: "read", file };
}

function refused(problems: string[]): ReadFlowFile {
  const more = problems.length - mostProblems;
  return {
    outcome: "refused",
    problems: more > 0 ? [...problems.slice(0, mostProblems), `and ${more} more problems`] : problems,
  };
}

/** A step that this version does not know is named: leaving it out would be another flow. */
function unknownKinds(value: Json): string[] {
  return nodesIn(value).flatMap((node, index) => {
    const { id, kind } = (node ?? {}) as { id?: Json; kind?: Json };
    if (typeof kind === "string" && nodeKinds.has(kind)) return [];
    const name = typeof id === "string" ? `node "${id.slice(0, 80)}"` : `node ${index + 1}`;
    return typeof kind === "string"
      ? [`${name} has the kind "${kind.slice(0, 80)}", which this version of Patchbay does not know`]
      : [`${name} has no kind`];
  });
}

function nodesIn(value: Json): Json[] {
  const { flow } = (value ?? {}) as { flow?: Json };
  const { nodes } = (flow ?? {}) as { nodes?: Json };
  return Array.isArray(nodes) ? nodes : [];
}

function placeIn(value: Json, path: PropertyKey[]): string {
  const [first, second, index, ...rest] = path;
  if (first !== "flow" || second !== "nodes" || typeof index !== "number") return path.map(String).join(".") || "the file";
  const { id } = (nodesIn(value)[index] ?? {}) as { id?: Json };
  return [typeof id === "string" ? `node "${id.slice(0, 80)}"` : `node ${index + 1}`, rest.map(String).join(".")]
    .filter((part) => part !== "")
    .join(", ");
}

/** A name that is no slot of the file would be an id of another installation. */
function undeclared({ slots, flows, people, flow }: FlowFile): string[] {
  const connectors = new Map(slots.map(({ slot, connector }) => [slot, connector]));
  const startable = new Set(flows.map(({ slot }) => slot));
  const persons = new Set(people);
  const problems = flow.nodes.flatMap((node) => {
    if (node.kind === "sub-flow" && node.flow !== "" && !startable.has(node.flow))
      return [`node "${node.id}", flow: "${node.flow}" is no flow slot of the file`];
    if (node.kind === "approval")
      return node.approvers
        .filter((each) => !persons.has(each))
        .map((each) => `node "${node.id}": "${each}" is no person slot of the file`);
    if (node.kind !== "call" && node.kind !== "app-trigger" && node.kind !== "http") return [];
    if (node.connection === null || connectors.get(node.connection) === connectorOf(node)) return [];
    return [
      `node "${node.id}", connection: "${node.connection}" is no slot of the file for the connector "${connectorOf(node)}"`,
    ];
  });
  const { errorFlow } = flow.settings ?? {};
  if (errorFlow !== undefined && !startable.has(errorFlow))
    problems.push(`settings.errorFlow: "${errorFlow}" is no flow slot of the file`);
  return problems;
}
