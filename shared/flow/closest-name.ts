/** The name that was most likely meant: the same but for case and signs, else the one with the fewest letters apart. Null: none is near. */
export function closestName(typed: string, names: readonly string[]): string | null {
  const wanted = plain(typed);
  let best: { name: string; distance: number } | null = null;
  for (const name of names.slice(0, 300)) {
    const known = plain(name);
    const most = Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3));
    const distance = known === wanted ? 0 : lettersApart(wanted, known, most);
    if (distance <= most && (best === null || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? null;
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .slice(0, 60);
}

/** Insertions, deletions, changes and swaps of neighbors that lead from one to the other; more than `most` is told as that and one. */
function lettersApart(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let older: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (older[j - 2] ?? 0) + 1);
      next.push(least);
    }
    if (Math.min(...next) > most) return most + 1;
    [older, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
