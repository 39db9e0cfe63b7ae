import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Resident memory of a process and all below it in MB, pages that they share counted for each; null where /proc does not say. */
export function residentMb(pid: number): number | null {
  if (!existsSync(`/proc/${pid}/status`)) return null;
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  const family = new Set([pid]);
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.add(child);
  return [...family].reduce((sum, member) => sum + ownMb(member), 0);
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(statusOf(pid))?.[1] ?? -1);
}

function ownMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(statusOf(pid))?.[1] ?? 0) / 1_024;
}

/** A process may end while it is looked at. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}
