import type { ReactNode } from "react";

/** An empty place: what lives here, why one wants it, what to do. */
export function Empty({
  title,
  children,
  action,
  picture,
  level = 2,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
  picture?: ReactNode;
  /** 1 where nothing else is the heading of the page. */
  level?: 1 | 2;
}) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className="mx-auto flex max-w-reading animate-appear flex-col items-center gap-4 px-6 py-16 text-center">
      {picture}
      <div className="flex flex-col gap-2">
        <Heading className="font-semibold text-lg">{title}</Heading>
        <div className="text-balance text-base text-muted">{children}</div>
      </div>
      {action}
    </div>
  );
}
