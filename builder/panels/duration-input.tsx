import { useState } from "react";
import type { FieldControl } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { NumberInput } from "../ui/number-input.tsx";

const units = [
  { value: "1", label: "milliseconds" },
  { value: "1000", label: "seconds" },
  { value: "60000", label: "minutes" },
  { value: "3600000", label: "hours" },
  { value: "86400000", label: "days" },
] as const;
type Unit = (typeof units)[number]["value"];

/** A length of time as a number and its unit; `value` and `maxMs` are in milliseconds. */
export function DurationInput({
  control,
  value,
  maxMs,
  disabled,
  usual = "1000",
  onChange,
}: {
  control: FieldControl;
  value: number | null;
  maxMs: number;
  disabled: boolean;
  /** The unit that an empty one begins with. */
  usual?: Unit;
  onChange: (ms: number | null) => void;
}) {
  const [unit, setUnit] = useState<Unit>(() => unitOf(value) ?? usual);
  return (
    <div className="flex gap-2">
      <NumberInput
        {...control}
        disabled={disabled}
        className="w-28!"
        value={value === null ? null : value / Number(unit)}
        accepts={(amount) => amount === null || (amount >= 0 && amount * Number(unit) <= maxMs)}
        onChange={(amount) => onChange(amount === null ? null : Math.round(amount * Number(unit)))}
      />
      <Choice
        aria-label="Unit"
        disabled={disabled}
        value={unit}
        options={units}
        onChange={(next) => {
          setUnit(next);
          // The number in sight stays; what it stands for changes.
          if (value !== null) onChange(Math.min(maxMs, Math.round((value / Number(unit)) * Number(next))));
        }}
      />
    </div>
  );
}

/** The largest unit of which it is a whole number. */
function unitOf(ms: number | null): Unit | undefined {
  return units.findLast(({ value }) => ms !== null && ms > 0 && ms % Number(value) === 0)?.value;
}
