/** An HTTP method in a column of its own width. */
export function Method({ method }: { method: string }) {
  return <span className="w-14 shrink-0 pt-0.5 font-medium font-mono text-muted text-xs">{method.toUpperCase()}</span>;
}
