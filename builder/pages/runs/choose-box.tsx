/** Chooses a row of a table, or all of them. `partly`: some of them are. */
export function ChooseBox({
  label,
  checked,
  partly = false,
  onChange,
}: {
  label: string;
  checked: boolean;
  partly?: boolean;
  onChange: () => void;
}) {
  return (
    // Clicks here choose the row and do not open it.
    // biome-ignore lint/a11y/useKeyWithClickEvents: only keeps what its box does to itself
    <label onClick={(event) => event.stopPropagation()} className="-ml-1.5 flex size-7 shrink-0 items-center justify-center">
      <input
        type="checkbox"
        aria-label={label}
        className="size-3.5 accent-accent"
        checked={checked}
        ref={(box) => {
          if (box) box.indeterminate = partly;
        }}
        onChange={onChange}
      />
    </label>
  );
}
