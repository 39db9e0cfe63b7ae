import { type ResponseParameter, responseParameters } from "../../shared/connector/response-parameters.ts";
import { type Path, parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { NodeKind } from "../../shared/flow/node.ts";
import { shownSchema } from "../../shared/flow/shown-schema.ts";
import { typeFlow } from "../../shared/flow/type-flow.ts";
import type { Json } from "../../shared/json.ts";
import { pathText } from "../ui/json-rows.ts";
import type { FlowContext } from "./use-flow-context.ts";

/** What one earlier node gives to the one that is edited; outside of flows, whatever else paths may begin with. */
export type DataRoot = {
  node: string;
  name: string;
  kind: NodeKind;
  /** What expressions begin with: `steps.search.output`, or `trigger`; `event` where a trigger of a connector is made. */
  source: string;
  tree: ResponseParameter;
  /** Where the sample comes from; null when nothing is known yet. */
  from: "run" | "sample" | null;
  /** It may have been skipped, or have failed, when the node runs. */
  optional?: boolean;
};

type Known = Pick<FlowContext, "connectors" | "samples"> & Partial<Pick<FlowContext, "flows">>;

/**
 * All that a node may read, the nearest first: the item of its loop, and the outputs of what runs before it. `inside`: what is known where
 * the container `node` ends, which sees what is inside of it.
 */
export function dataRoots(document: Flow, node: string, known: Known, inside = false): DataRoot[] {
  const types = typeFlow(document, known);
  return types.rootsAt({ node, inside }).flatMap((root): DataRoot[] => {
    const giver = types.graph.nodes.get(root.node);
    if (!giver) return [];
    const { source, sample, optional } = root;
    return [
      {
        node: root.node,
        name: nameOf(source, giver.name),
        kind: giver.kind,
        source,
        tree: responseParameters(shownSchema(root.schema), sample),
        from: known.samples.has(root.node) && isOutput(source) ? "run" : sample !== undefined ? "sample" : null,
        optional: optional && !source.endsWith(".error"),
      },
    ];
  });
}

function isOutput(source: string): boolean {
  return source === "trigger" || source.endsWith(".output");
}

function nameOf(source: string, node: string): string {
  if (source === "item" || source.endsWith(".item")) return `Item of ${node}`;
  if (source === "index" || source.endsWith(".index")) return `Index in ${node}`;
  if (source.endsWith(".url")) return `Link of ${node}`;
  return source.endsWith(".error") ? `Error of ${node}` : node;
}

/** What a template finds in the samples: for previews. Undefined where nothing is known. */
export function sampleAt(roots: readonly DataRoot[], path: (string | number)[]): Json | undefined {
  for (const { source, tree } of roots) {
    const start = parsePath(source) ?? [];
    if (start.length === 0 || start.some((part, at) => part !== path[at])) continue;
    // Samples hold JSON alone.
    return readPath(tree.sample, path.slice(start.length)) as Json | undefined;
  }
  return undefined;
}

/** What is known of the place that a path names; null where nothing is. */
export function parameterAt(roots: readonly DataRoot[], path: Path): { parameter: ResponseParameter; optional: boolean } | null {
  for (const { source, tree, optional: isMissing = false } of roots) {
    const start = parsePath(source) ?? [];
    if (start.length === 0 || start.some((part, at) => part !== path[at])) continue;
    let parameter: ResponseParameter | undefined = tree;
    let optional = isMissing;
    for (const key of path.slice(start.length)) {
      parameter = parameter?.children.find(({ name }) => name === (typeof key === "number" ? "[]" : key));
      optional ||= parameter?.optional ?? false;
    }
    if (parameter) return { parameter, optional };
  }
  return null;
}

/** A path that an expression may name: the type of what is there, and whether it may be missing. */
export type KnownPath = { path: string; type: string; optional: boolean; sample: Json | undefined };

/** As many as an editor lists without making whoever types wait. */
const mostPaths = 5_000;

/** Every path that an expression may name, for completion and hover: `steps.search.output.data[0].id`. */
export function pathsOf(roots: readonly DataRoot[]): KnownPath[] {
  const paths: KnownPath[] = [];
  function add(source: string, { path, type, optional, sample, children }: ResponseParameter, isMissing: boolean): void {
    if (paths.length >= mostPaths) return;
    const mayLack = isMissing || optional;
    paths.push({ path: pathText(source, path), type, optional: mayLack, sample });
    for (const child of children) add(source, child, mayLack);
  }
  for (const { source, tree, optional = false } of roots) add(source, tree, optional);
  return paths;
}
