import { clsx } from "clsx";

/** A grey bar in the place of what is loading. It appears late: an answer within 150 ms never flickers. */
export function Skeleton({ className }: { className?: string }) {
  return <div className={clsx("animate-late rounded-small bg-pressed", className)} />;
}

/** Rows as a table will have them. */
export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  return (
    <div aria-busy="true" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without content have no other key
        <div key={row} className="flex h-9 items-center gap-6 border-line border-b px-4">
          <Skeleton className={clsx("h-3", row % 3 === 0 ? "w-56" : row % 3 === 1 ? "w-40" : "w-48")} />
          <Skeleton className="h-3 w-20" />
          <Skeleton className="ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  );
}
