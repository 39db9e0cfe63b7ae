/**
 * Reads an strace of the server: for every 2xx written to a connection, was the write-ahead log synced after the request was read
 * from it? `early` names those that were not. Calls of other threads are left out: only `pid`'s own thread answers.
 */
export function checkTrace(trace: string, pid: number): { answered: number; early: string[] } {
  const requestReadAt = new Map<string, number>();
  let lastSync = -1;
  let answered = 0;
  const early: string[] = [];
  for (const { index, line } of wholeCalls(trace)) {
    const call = /^(\d+) +(\w+)\((\d+)<([^>]*(?:>[^>]*)?)>(.*)$/.exec(line);
    if (!call || Number(call[1]) !== pid) continue;
    const [, , name = "", descriptor = "", target = "", rest = ""] = call;
    // A sync counts from the line on which it returned 0.
    if (/^f(?:data)?sync$/.test(name) && /-wal/.test(target) && /= 0$/.test(rest)) lastSync = index;
    if (/^(?:read|recv)/.test(name) && rest.includes("POST /hooks/")) requestReadAt.set(descriptor, index);
    if (/^(?:write|send)/.test(name) && /HTTP\/1\.1 2\d\d/.test(rest)) {
      const readAt = requestReadAt.get(descriptor);
      if (readAt === undefined) continue;
      requestReadAt.delete(descriptor);
      answered += 1;
      if (lastSync < readAt) early.push(line);
    }
  }
  return { answered, early };
}

/** strace cuts a call in two when another thread's comes between: joined again, at the place where it returned. */
function wholeCalls(trace: string): { index: number; line: string }[] {
  const begun = new Map<string, string>();
  return trace.split("\n").flatMap((line, index) => {
    const thread = /^\d+/.exec(line)?.[0] ?? "";
    const unfinished = / <unfinished \.\.\.>$/.exec(line);
    if (unfinished) {
      begun.set(thread, line.slice(0, unfinished.index));
      return [];
    }
    const resumed = /^\d+ +<\.\.\. \w+ resumed>/.exec(line);
    return resumed ? [{ index, line: (begun.get(thread) ?? "") + line.slice(resumed[0].length) }] : [{ index, line }];
  });
}
