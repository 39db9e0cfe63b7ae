import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { flowQuery, sessionQuery } from "../../api/queries.ts";
import { getDraft } from "../../api/routes.ts";
import { shortId } from "../../ui/short-id.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page } from "../shell/page.tsx";
import { DraftView } from "./draft-view.tsx";
import { Editor } from "./editor.tsx";
import { FlowSkeleton } from "./flow-skeleton.tsx";
import { PublishedFlow } from "./published-flow.tsx";

const route = getRouteApi("/shell/flows/$flow");

/** A flow: administrators edit its draft, everybody else sees what runs, or the draft while nothing does. `?view=published` shows that to administrators too. */
export function FlowPage() {
  const { flow: id } = route.useParams();
  const { view } = route.useSearch();
  const session = useQuery(sessionQuery);
  const mayEdit = session.data?.person.role === "administrator";
  const edits = mayEdit && view !== "published";
  const [round, setRound] = useState(0);
  const flow = useQuery(flowQuery(id));
  const isUnpublished = flow.data?.version === null && session.data?.person.role === "user";
  const draft = useDraft(id, round, edits || isUnpublished);
  const failed = flow.error && !flow.data ? flow : draft.error && !draft.data ? draft : null;
  return (
    <Page
      crumbs={[{ label: "Flows", link: { to: "/flows" } }, { label: flow.data?.flow.name ?? (flow.error ? shortId(id) : "…") }]}
      width="fill"
    >
      {failed?.error ? (
        <div className="overflow-y-auto">
          <ApiProblem
            error={failed.error}
            what={failed === draft ? "The draft could not be loaded" : "The flow could not be loaded"}
            onRetry={() => void failed.refetch()}
          />
        </div>
      ) : flow.data && edits && draft.data ? (
        <Editor key={`${id} ${round}`} loaded={flow.data} draft={draft.data} onReload={() => setRound(round + 1)} />
      ) : flow.data && isUnpublished && draft.data ? (
        <DraftView loaded={flow.data} draft={draft.data} />
      ) : flow.data && session.data && !edits && !isUnpublished ? (
        <PublishedFlow key={id} loaded={flow.data} drawn={flow.data.version} mayEdit={mayEdit} />
      ) : (
        <FlowSkeleton />
      )}
    </Page>
  );
}

/** The draft, loaded once: from then on the page holds what is newest, until somebody asks for the saved one again. */
function useDraft(flow: string, round: number, enabled: boolean) {
  return useQuery({
    // Nothing but the next round, or coming back from what is published, makes it be asked for again: the answer would be older
    // than the page.
    queryKey: ["draft", flow, enabled ? round : "not shown"],
    queryFn: ({ signal }) => call(getDraft, { params: { flow } }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    enabled,
  });
}
