import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { getFlow } from "../../../shared/api/flows.ts";
import type { Response } from "../../../shared/api/route.ts";
import { call } from "../../api/client.ts";
import { getDraft } from "../../api/routes.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Editor } from "./editor.tsx";
import { FlowSkeleton } from "./flow-skeleton.tsx";

/** Loads the draft once: from then on the page holds what is newest, until somebody asks for the saved one again. */
export function DraftEditor({ loaded }: { loaded: Response<typeof getFlow> }) {
  const [round, setRound] = useState(0);
  const { flow } = loaded;
  const { data, error, refetch } = useQuery({
    // Nothing but the next round makes it be asked for again: the answer would be older than the page.
    queryKey: ["draft", flow.id, round],
    queryFn: ({ signal }) => call(getDraft, { params: { flow: flow.id } }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (data) return <Editor key={round} loaded={loaded} draft={data} onReload={() => setRound(round + 1)} />;
  if (!error) return <FlowSkeleton />;
  return (
    <div className="overflow-y-auto">
      <ApiProblem error={error} what="The draft could not be loaded" onRetry={() => void refetch()} />
    </div>
  );
}
