import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { getFlow } from "../../../shared/api/flows.ts";
import type { Response } from "../../../shared/api/route.ts";
import type { FlowVersion, RunSummary } from "../../../shared/api/runs.ts";
import type { FlowNode } from "../../../shared/flow/node.ts";
import type { FlowProblem } from "../../../shared/flow/validate-flow.ts";
import type { RunView } from "../../../shared/run/run-view.ts";
import { defaultStep } from "../../panels/default-step.ts";
import { NodePanel } from "../../panels/node-panel.tsx";
import { StepPanel } from "../../panels/step-panel.tsx";
import type { FlowContext } from "../../panels/use-flow-context.ts";
import type { ShownRun } from "../../panels/use-shown-run.ts";
import { useCanvasSession } from "../../stores/canvas-session.ts";
import { documentOf, type FlowStore } from "../../stores/flow-store.ts";
import { nothing, onlyNode } from "../../stores/selection.ts";
import { notify } from "../../ui/toast.ts";
import { DeleteFlow, FlowNames, Versions } from "./flow-facts.tsx";
import { HookList } from "./hook-list.tsx";
import { SidePanel } from "./side-panel.tsx";
import { RecentRuns, Section } from "./side-sections.tsx";
import { Upgrades } from "./upgrades.tsx";

/** By which the canvas finds where settings are. */
export const sideId = "flow-side";

type SideProps = {
  loaded: Response<typeof getFlow>;
  store: FlowStore;
  context: FlowContext;
  problems: readonly FlowProblem[];
  /** The problem whose field is looked for. */
  sought: FlowProblem | null;
  onFound: () => void;
  /** The run on the canvas, if one is shown. */
  shown: { run: RunSummary; version: FlowVersion; view: RunView; stepOf: ShownRun["stepOf"] } | null;
  onRunToHere: (node: string) => void;
};

/** Beside the canvas: the step of a run, the settings of the selected node, or what the flow is. */
export function EditorSide({ loaded, store, context, problems, sought, onFound, shown, onRunToHere }: SideProps) {
  const document = useStore(store, documentOf);
  const chosen = useCanvasSession((state) => (state.selection.nodes.length === 1 ? state.selection.nodes[0] : undefined));
  const node = document.nodes.find(({ id }) => id === chosen);
  const step = shown && stepOf(shown, chosen);
  return (
    <SidePanel label={node ? "Settings of the node" : "About the flow"}>
      <div id={sideId} className="flex min-h-0 flex-1 flex-col">
        {/* The name stands in a field, so the headings of the panel need one above them. */}
        {node && !shown && <h2 className="sr-only">{node.name}</h2>}
        {shown && step ? (
          <StepPanel
            key={`${shown.run.id} ${shown.stepOf(step.id).key}`}
            run={shown.run.id}
            node={step}
            step={shown.stepOf(step.id).step}
            given={shown.stepOf(step.id).output}
            version={shown.version}
          />
        ) : node ? (
          <NodePanel
            key={node.id}
            flow={loaded.flow.id}
            document={document}
            node={node}
            context={context}
            problems={problems.filter((problem) => problem.node === node.id)}
            sought={sought?.node === node.id ? sought : null}
            onFound={onFound}
            readOnly={shown !== null}
            onChange={(next, group) => change(store, next, group)}
            onRunToHere={() => onRunToHere(node.id)}
            onClose={() => useCanvasSession.getState().select(nothing)}
          />
        ) : (
          <About loaded={loaded} nodes={document.nodes} upgrades={<Upgrades store={store} context={context} />} />
        )}
      </div>
    </SidePanel>
  );
}

function stepOf({ version, view }: NonNullable<SideProps["shown"]>, chosen: string | undefined): FlowNode | undefined {
  const find = (id: string | null | undefined) => version.document.nodes.find((node) => node.id === id);
  return find(chosen) ?? find(defaultStep(view)) ?? version.document.nodes[0];
}

function change(store: FlowStore, node: FlowNode, group: string | undefined): void {
  const result = store.getState().edit([{ edit: "set-node", node }], { group: group && `${node.id} ${group}` });
  if (result.outcome === "refused") notify("failed", "That cannot be changed", result.message);
}

/** Nothing is selected: the flow itself. */
function About({
  loaded,
  nodes,
  upgrades,
}: {
  loaded: Response<typeof getFlow>;
  nodes: readonly FlowNode[];
  upgrades: ReactNode;
}) {
  const { flow, hooks } = loaded;
  const select = (node: string) => useCanvasSession.getState().select(onlyNode(node));
  return (
    <div className="flex flex-col divide-y divide-line overflow-y-auto">
      <FlowNames flow={flow} />
      {upgrades}
      {hooks.length > 0 && <HookList hooks={hooks} nodes={nodes} onChoose={select} />}
      <Versions flow={flow.id} />
      <Section title="Recent runs">
        <RecentRuns flow={flow.id} />
      </Section>
      {flow.version === null && <DeleteFlow flow={flow} />}
    </div>
  );
}
