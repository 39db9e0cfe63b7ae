import type { ReactNode } from "react";

/** One section of a connector: its title, what it is for, its form. */
export function SectionFrame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex max-w-reading flex-col gap-6 p-6">
      <div className="flex flex-col gap-1">
        <h2 className="font-semibold text-xl">{title}</h2>
        <p className="text-muted text-sm">{lead}</p>
      </div>
      {children}
    </section>
  );
}
