import type { ReactNode } from "react";
import { Mark } from "../../ui/mark.tsx";

/** The frame of the pages before one is signed in. */
export function Entrance({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <main className="flex h-full flex-col items-center overflow-y-auto bg-panel px-6 py-16">
      <title>{`${title} · Patchbay`}</title>
      <div className="my-auto flex w-full max-w-form flex-col gap-6">
        <div className="flex items-center gap-2.5">
          <Mark className="size-7" />
          <span className="font-semibold text-lg">Patchbay</span>
        </div>
        <div className="flex flex-col gap-6 rounded-dialog border border-line bg-raised p-6 shadow-raised">
          <div className="flex flex-col gap-1">
            <h1 className="font-semibold text-xl">{title}</h1>
            <p className="text-muted text-sm">{lead}</p>
          </div>
          {children}
        </div>
      </div>
    </main>
  );
}
