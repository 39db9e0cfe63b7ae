import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { flowQuery, sessionQuery } from "../../api/queries.ts";
import { shortId } from "../../ui/short-id.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page } from "../shell/page.tsx";
import { DraftEditor } from "./draft-editor.tsx";
import { FlowSkeleton } from "./flow-skeleton.tsx";
import { PublishedFlow } from "./published-flow.tsx";

const route = getRouteApi("/shell/flows/$flow");

/** A flow: administrators edit its draft, everybody else sees what runs. `?view=published` shows that to administrators too. */
export function FlowPage() {
  const { flow: id } = route.useParams();
  const { view } = route.useSearch();
  const { data, error, refetch } = useQuery(flowQuery(id));
  const session = useQuery(sessionQuery);
  const edits = session.data?.person.role === "administrator" && view !== "published";
  return (
    <Page
      crumbs={[{ label: "Flows", link: { to: "/flows" } }, { label: data?.flow.name ?? (error ? shortId(id) : "…") }]}
      width="fill"
    >
      {data && session.data ? (
        edits ? (
          <DraftEditor key={id} loaded={data} />
        ) : (
          <PublishedFlow key={id} loaded={data} mayEdit={session.data.person.role === "administrator"} />
        )
      ) : error ? (
        <div className="overflow-y-auto">
          <ApiProblem error={error} what="The flow could not be loaded" onRetry={() => void refetch()} />
        </div>
      ) : (
        <FlowSkeleton />
      )}
    </Page>
  );
}
