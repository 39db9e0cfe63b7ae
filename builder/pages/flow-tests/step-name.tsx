import type { Flow } from "../../../shared/flow/flow.ts";
import { KindTile } from "../../canvas/nodes/kind-tile.tsx";

/** What a step is called by people, and the way to its node. `step`: its key, the node's id with the iteration path in brackets. */
export function StepName({
  step,
  document,
  onChoose,
}: {
  step: string;
  document: Flow | null;
  /** Null where there is no canvas to show it on. */
  onChoose: ((node: string) => void) | null;
}) {
  const [id = step, path] = step.split(/[[\]]/);
  const node = document?.nodes.find((each) => each.id === id);
  const name = node?.name ?? id;
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      {node && <KindTile kind={node.kind} size="small" />}
      {node && onChoose ? (
        <button
          type="button"
          onClick={() => onChoose(id)}
          className="truncate rounded-small font-medium text-accent-text hover:underline"
        >
          {name}
        </button>
      ) : (
        <span className="truncate font-medium">{name}</span>
      )}
      {path !== undefined && <span className="shrink-0 text-muted">iteration {iterations(path)}</span>}
    </span>
  );
}

/** Counted from one, as the canvas counts them. */
function iterations(path: string): string {
  return path
    .split(",")
    .map((index) => Number(index) + 1)
    .join(", ");
}
