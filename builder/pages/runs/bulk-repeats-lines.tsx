import type { BulkRepeats } from "../../../shared/api/rerun.ts";
import { MayActTwice } from "../../panels/may-act-twice.tsx";
import { counted } from "../../ui/counted.ts";

/** What running many again would do over again, as lines of a sentence; where not all were looked at, of how many. */
export function BulkRepeatsLines({ found, repeats }: { found: number; repeats: BulkRepeats }) {
  const { lookedAt, calls, unsafe, unsafeRuns, flows } = repeats;
  if (lookedAt === 0)
    return <span className="mt-2 block">Their journals are too long to count beforehand which calls are made again.</span>;
  const isPart = lookedAt < found;
  const which = calls === 0 ? "no call that was made is made again" : `${counted(calls, "call")} would be made again`;
  const sentence = isPart ? `Of the newest ${lookedAt.toLocaleString("en")}, ${which}` : which;
  return (
    <span className="mt-2 flex flex-col gap-1">
      <span className="first-letter:uppercase">{sentence}.</span>
      {unsafe > 0 && <MayActTwice unsafe={unsafe} calls={calls} runs={unsafeRuns} />}
      {flows > 0 && <span>{counted(flows, "other flow", "other flows")} would be started again, with all that they call.</span>}
    </span>
  );
}
