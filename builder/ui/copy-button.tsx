import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "./icon-button.tsx";

const saidMs = 1_500;

/** Copies `text`; says so for a moment in its own place. `what` names it: "Copy hook URL". */
export function CopyButton({ text, what, className }: { text: string; what: string; className?: string }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), saidMs);
    return () => clearTimeout(timer);
  }, [state]);
  const label = state === "copied" ? "Copied" : state === "failed" ? "Could not copy" : `Copy ${what}`;
  return (
    <IconButton
      label={label}
      {...(className === undefined ? {} : { className })}
      onClick={async (event) => {
        event.stopPropagation();
        setState((await copyText(text)) ? "copied" : "failed");
      }}
    >
      {state === "copied" ? <Check className="text-succeeded-text" aria-hidden="true" /> : <Copy aria-hidden="true" />}
    </IconButton>
  );
}

/** False when the browser refuses: no permission, or a page that is not served from a secure origin. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
