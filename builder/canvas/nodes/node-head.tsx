import { Lamp } from "../../ui/lamp.tsx";
import type { FlowNodeData } from "../to-canvas.ts";
import { KindTile } from "./kind-tile.tsx";
import { LogoTile } from "./logo-tile.tsx";

/** What every node says of itself: tile, name, second line, lamp. */
export function NodeHead({ data }: { data: FlowNodeData }) {
  return (
    <>
      {data.logo ? <LogoTile kind={data.kind} logo={data.logo} /> : <KindTile kind={data.kind} />}
      <span className="node-words">
        <span className="node-name">{data.name}</span>{" "}
        <span className="node-line" aria-hidden="true" data-tip={data.line}>
          {data.line}
        </span>
      </span>
      {data.status && (
        <span className="node-lamp" aria-hidden="true">
          {data.attempts > 1 && <span className="node-attempts" data-text={`×${data.attempts}`} />}
          <Lamp state={data.status} className="node-lamp-picture" />
        </span>
      )}
      {data.problems > 0 && <span className="node-problems" aria-hidden="true" data-text={data.problems} />}
    </>
  );
}
