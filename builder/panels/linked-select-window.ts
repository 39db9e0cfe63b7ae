/** Which rows of a list are in view, at least in part. Heights are pixels; `startPx` is how far down the first of them is. */
export function rowsInView({ top, heightPx, rowPx, rows }: { top: number; heightPx: number; rowPx: number; rows: number }): {
  first: number;
  count: number;
  startPx: number;
} {
  const last = Math.max(0, Math.ceil((Math.min(top, Math.max(0, rows * rowPx - heightPx)) + heightPx) / rowPx));
  const first = Math.max(0, Math.floor(Math.min(top, Math.max(0, rows * rowPx - heightPx)) / rowPx));
  return { first, count: Math.min(last, rows) - first, startPx: first * rowPx };
}
