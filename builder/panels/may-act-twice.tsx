import { TriangleAlert } from "lucide-react";

/** Warns of the unsafe ones among calls that would be made again; `runs`: in so many runs, where these are several. */
export function MayActTwice({ unsafe, calls, runs = 1 }: { unsafe: number; calls: number; runs?: number }) {
  return (
    <span className="flex items-center gap-2 text-waiting-text">
      <TriangleAlert className="size-4 shrink-0" aria-hidden="true" />
      {mayActTwice(unsafe, calls)}
      {runs > 1 ? `, in ${runs.toLocaleString("en")} runs.` : "."}
    </span>
  );
}

function mayActTwice(unsafe: number, all: number): string {
  if (unsafe === all) return all === 1 ? "It may act twice" : "Each of them may act twice";
  return unsafe === 1 ? "One of them may act twice" : `${unsafe.toLocaleString("en")} of them may act twice`;
}
