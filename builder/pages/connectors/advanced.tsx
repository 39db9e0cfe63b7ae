import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

/** What most connectors do without, closed at first. */
export function Advanced({ children, open = false }: { children: ReactNode; open?: boolean }) {
  return (
    <details open={open} className="group rounded-card border border-line">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-card px-3 py-2 font-medium text-muted text-sm hover:text-text">
        <ChevronRight aria-hidden="true" className="size-4 transition-transform group-open:rotate-90" />
        Advanced
      </summary>
      <div className="flex flex-col gap-4 px-3 pt-1 pb-4">{children}</div>
    </details>
  );
}
