import type { ReactNode } from "react";

/** An empty place: what lives here, why one wants it, what to do. */
export function Empty({
  title,
  children,
  action,
  picture,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
  picture?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-reading animate-appear flex-col items-center gap-4 px-6 py-16 text-center">
      {picture}
      <div className="flex flex-col gap-2">
        <h2 className="font-semibold text-lg">{title}</h2>
        <div className="text-pretty text-base text-muted">{children}</div>
      </div>
      {action}
    </div>
  );
}
