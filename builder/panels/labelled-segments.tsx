import { type Segment, Segmented } from "../ui/segmented.tsx";

/** One of a few with its label above, as a field of a form. */
export function LabelledSegments<Value extends string>({
  label,
  help,
  value,
  segments,
  disabled,
  onChange,
}: {
  label: string;
  help?: string | undefined;
  value: Value;
  segments: readonly Segment<Value>[];
  disabled: boolean;
  onChange: (value: Value) => void;
}) {
  return (
    <div className="flex flex-col gap-1.5">
      <span aria-hidden="true" className="font-medium text-sm">
        {label}
      </span>
      <Segmented label={label} value={value} segments={segments} onChange={(next) => !disabled && onChange(next)} />
      {help && <p className="text-muted text-xs">{help}</p>}
    </div>
  );
}
