import { clsx } from "clsx";
import { FileUp } from "lucide-react";
import { type ReactNode, useId } from "react";
import { type ButtonProps, buttonStyle } from "./button.tsx";

/** A button that has a JSON file chosen. */
export function FileButton({
  size,
  disabled = false,
  onFile,
  children,
}: Pick<ButtonProps, "size"> & { disabled?: boolean; onFile: (file: File) => void; children: ReactNode }) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className={clsx(
        buttonStyle({ size }),
        "cursor-pointer has-[:disabled]:pointer-events-none has-[:disabled]:opacity-50 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2",
      )}
    >
      <FileUp aria-hidden="true" />
      {children}
      <input
        id={id}
        type="file"
        accept=".json,application/json"
        className="sr-only"
        disabled={disabled}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onFile(file);
          // The same file may be chosen again after it was put right.
          event.target.value = "";
        }}
      />
    </label>
  );
}
