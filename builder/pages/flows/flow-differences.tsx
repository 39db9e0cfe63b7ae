import type { Flow } from "../../../shared/flow/flow.ts";
import { Fact, Facts } from "../../ui/facts.tsx";
import { compareFlows } from "./compare-flows.ts";

/** What a draft changes of the version that runs; of the first one, what it is. */
export function FlowDifferences({ document, published }: { document: Flow; published: Flow | null }) {
  const { added, changed, removed, edges, settings } = compareFlows(published, document);
  if (!published)
    return (
      <Facts>
        <Fact name="Nodes">{document.nodes.map(({ name }) => name).join(", ")}</Fact>
        <Fact name="Edges">{document.edges.length}</Fact>
      </Facts>
    );
  if (added.length + changed.length + removed.length + settings.length + edges === 0)
    return <p className="text-muted text-sm">Nothing that runs has changed since the published version.</p>;
  return (
    <Facts>
      {added.length > 0 && <Fact name="Added">{added.join(", ")}</Fact>}
      {changed.length > 0 && <Fact name="Changed">{changed.join(", ")}</Fact>}
      {removed.length > 0 && <Fact name="Removed">{removed.join(", ")}</Fact>}
      {settings.length > 0 && <Fact name="Settings">{settings.join(", ")}</Fact>}
      {edges > 0 && <Fact name="Edges">{edges === 1 ? "1 is new or gone" : `${edges} are new or gone`}</Fact>}
    </Facts>
  );
}
