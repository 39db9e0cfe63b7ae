import { type ReactNode, useId } from "react";

export const inputStyle =
  "w-full rounded-control border border-line-control bg-page px-2.5 text-text placeholder:text-faint disabled:opacity-50 aria-invalid:border-failed";

/** What the control inside a field must carry. */
export type FieldControl = {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
  required?: true;
};

/** Label above, help below, the error in place of the help. */
export function Field({
  label,
  help,
  error,
  required = false,
  action,
  counter,
  children,
}: {
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  /** Stands at the right of the label: a switch, a menu. */
  action?: ReactNode;
  /** How much of a limit is used, e.g. "72/250": at the right below. */
  counter?: string | undefined;
  children: (control: FieldControl) => ReactNode;
}) {
  const id = useId();
  const note = error ?? help;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex min-h-5 items-center gap-1">
        <label htmlFor={id} className="min-w-0 flex-1 break-words font-medium text-sm">
          {label}
          {required && (
            <span className="text-failed-text" aria-hidden="true">
              {" *"}
            </span>
          )}
        </label>
        {action}
      </div>
      {children({
        id,
        "aria-describedby": note ? `${id}-note` : undefined,
        "aria-invalid": error ? true : undefined,
        ...(required ? { required } : {}),
      })}
      {(note || counter) && (
        <div className="flex gap-2 text-muted text-xs">
          <p id={`${id}-note`} role={error ? "alert" : undefined} className={error ? "flex-1 text-failed-text" : "flex-1"}>
            {note}
          </p>
          {counter && <span className="tabular-nums">{counter}</span>}
        </div>
      )}
    </div>
  );
}
