import { Skeleton } from "../../ui/skeleton.tsx";

export function FlowSkeleton() {
  return (
    <div role="status" aria-label="Loading the flow" className="flex flex-1 flex-col">
      <div className="flex h-13 items-center gap-3 border-line border-b px-6">
        <Skeleton className="h-5 w-56" />
        <Skeleton className="h-5 w-24" />
      </div>
      <div className="flex flex-1">
        <div className="flex-1 bg-canvas" />
        <div className="flex w-side-panel-narrow flex-col gap-3 border-line border-l p-4 xl:w-side-panel">
          <Skeleton className="h-5 w-40" />
          <Skeleton className="h-24" />
          <Skeleton className="h-40" />
        </div>
      </div>
    </div>
  );
}
