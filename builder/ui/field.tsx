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
  children,
}: {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  children: (control: FieldControl) => ReactNode;
}) {
  const id = useId();
  const note = error ?? help;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
        {required && (
          <span className="text-failed-text" aria-hidden="true">
            {" *"}
          </span>
        )}
      </label>
      {children({
        id,
        "aria-describedby": note ? `${id}-note` : undefined,
        "aria-invalid": error ? true : undefined,
        ...(required ? { required } : {}),
      })}
      {note && (
        <p
          id={`${id}-note`}
          role={error ? "alert" : undefined}
          className={error ? "text-failed-text text-xs" : "text-muted text-xs"}
        >
          {note}
        </p>
      )}
    </div>
  );
}
