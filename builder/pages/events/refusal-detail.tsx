import { useMutation, useQuery } from "@tanstack/react-query";
import { SearchCheck } from "lucide-react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { refusalQuery } from "../../api/trigger-queries.ts";
import { detectRefusal } from "../../api/trigger-routes.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { DetectionResult } from "./detection-result.tsx";
import { HeadersTable } from "./headers-table.tsx";

/** Why a delivery was refused: what came, what we would have signed, and, on demand, what the sender has probably done. */
export default function RefusalDetail({ refusal, mayDetect }: { refusal: string; mayDetect: boolean }) {
  const { data, error, isPending } = useQuery(refusalQuery(refusal));
  const detect = useMutation({ mutationFn: () => call(detectRefusal, { params: { refusal } }) });
  if (isPending) return <Skeleton className="h-40" />;
  if (error) return <ProblemLine text={explain(error).why} />;
  const { request, signedContent } = data;
  return (
    <div className="flex max-w-content flex-col gap-5">
      {signedContent && (
        <Part title="The signed string as we computed it" note={signedContent.note}>
          <CodeBlock text={signedContent.text} label="Signed string" wrap framed={false} testId="signed-content" />
        </Part>
      )}
      {request ? (
        <>
          <Part title="Body as it came" note={request.cut ? "Cut at 16 KB." : null}>
            <CodeBlock text={request.body || "Empty"} label="Body" wrap framed={false} />
          </Part>
          <Part title={`${request.method} ${request.path}`} note={null}>
            <HeadersTable headers={request.headers} />
          </Part>
        </>
      ) : (
        <p className="text-muted text-sm">
          The request itself is not here any more: only the last ones of each hook are kept, where they came in.
        </p>
      )}
      {request && mayDetect && !detect.data && (
        <Button size="small" className="self-start" busy={detect.isPending} onClick={() => detect.mutate()}>
          <SearchCheck aria-hidden="true" />
          Find out how it was signed
        </Button>
      )}
      {detect.error && <ProblemLine text={explain(detect.error).why} />}
      {detect.data && <DetectionResult detection={detect.data} />}
    </div>
  );
}

function Part({ title, note, children }: { title: string; note: string | null; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-1.5">
      <h3 className="break-all font-medium text-sm">{title}</h3>
      {note && <p className="text-muted text-xs">{note}</p>}
      <div className="overflow-hidden rounded-control border border-line">{children}</div>
    </section>
  );
}
