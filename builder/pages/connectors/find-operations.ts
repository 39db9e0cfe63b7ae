import type { ImportedOperation } from "../../../shared/connector/import-report.ts";

/** Those whose name, path or method has every word of the search, and that carry the tag; "" is any. */
export function findOperations(
  operations: readonly ImportedOperation[],
  { search, tag }: { search: string; tag: string },
): readonly ImportedOperation[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && tag === "") return operations;
  return operations.filter(({ method, path, name, tags = [] }) => {
    const text = `${method} ${path} ${name}`.toLowerCase();
    return (tag === "" || tags.includes(tag)) && words.every((word) => text.includes(word));
  });
}

/** By name, with how many operations carry each. */
export function tagsOf(operations: readonly ImportedOperation[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { tags = [] } of operations) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).toSorted((a, b) => a.name.localeCompare(b.name));
}
