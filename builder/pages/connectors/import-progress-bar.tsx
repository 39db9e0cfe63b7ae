import type { ImportProgress } from "../../api/read-import.ts";

/** How far a file is read, and what is being done. */
export function ImportProgressBar({ stage, progress }: ImportProgress) {
  return (
    <div className="flex flex-col gap-1.5">
      <div
        role="progressbar"
        aria-label="Reading the file"
        aria-valuenow={progress}
        aria-valuetext={stage}
        className="h-1.5 overflow-hidden rounded-full bg-pressed"
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${progress}%` }} />
      </div>
      <span className="text-muted text-xs">{stage} …</span>
    </div>
  );
}
