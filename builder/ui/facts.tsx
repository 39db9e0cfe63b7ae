import type { ReactNode } from "react";

/** Facts as a definition list: names in a column, values beside them. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[minmax(--spacing(20),auto)_minmax(0,1fr)] items-baseline gap-x-6 gap-y-2 text-sm">
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="whitespace-nowrap text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
