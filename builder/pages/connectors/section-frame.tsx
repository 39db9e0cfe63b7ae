import type { ReactNode } from "react";

/** One section of a connector: its title, what it is for, its form. */
export function SectionFrame({
  title,
  lead,
  action,
  children,
}: {
  title: string;
  lead: string;
  /** The one main action of a section that is no form, at the right. */
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="flex max-w-reading flex-col gap-6 p-6">
      <div className="flex items-start gap-4">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <h2 className="font-semibold text-xl">{title}</h2>
          <p className="text-muted text-sm">{lead}</p>
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
