import type { TokenPlacement } from "../../../shared/connector/credential-field.ts";
import { TextField } from "./text-field.tsx";

/** The header in which a token goes along, and what stands before it. */
export function PlacementFields({
  placement,
  problem,
  onChange,
}: {
  placement: TokenPlacement;
  problem: string | undefined;
  onChange: (placement: TokenPlacement) => void;
}) {
  return (
    <div className="grid grid-cols-2 items-start gap-4">
      <TextField
        label="Header"
        required
        mono
        error={problem}
        value={placement.header}
        onChange={(header) => onChange({ ...placement, header })}
      />
      <TextField label="Prefix" mono value={placement.prefix} onChange={(prefix) => onChange({ ...placement, prefix })} />
    </div>
  );
}
