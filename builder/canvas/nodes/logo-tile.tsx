import { clsx } from "clsx";
import { useState } from "react";
import type { Logo } from "../../../shared/connector/logo.ts";
import type { NodeKind } from "../../../shared/flow/node.ts";
import { KindTile } from "./kind-tile.tsx";

/** Wider than this, a logo is given a wide tile: in a square one its letters would be too low to read. */
const wideRatio = 1.5;

/** The logo of a connector in the place of a kind's picture, which stands there when the logo cannot be loaded. */
export function LogoTile({ kind, logo }: { kind: NodeKind; logo: Logo }) {
  const [lost, setLost] = useState<string | null>(null);
  if (lost === logo.sha256) return <KindTile kind={kind} />;
  return (
    <span
      aria-hidden="true"
      data-kind={kind}
      className={clsx(
        // Logos are drawn for light ground, in either theme.
        "flex h-9 shrink-0 items-center justify-center overflow-hidden rounded-control border border-line bg-plate p-0.5",
        logo.width > logo.height * wideRatio ? "w-16" : "w-9",
      )}
    >
      <img
        src={`/api/v1/logos/${logo.sha256}`}
        alt=""
        draggable={false}
        className="max-h-full max-w-full object-contain"
        onError={() => setLost(logo.sha256)}
      />
    </span>
  );
}
