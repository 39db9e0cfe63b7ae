import { useMemo } from "react";
import type { FlowDraft, getFlow } from "../../../shared/api/flows.ts";
import type { Response } from "../../../shared/api/route.ts";
import type { FlowVersion } from "../../../shared/api/runs.ts";
import { useFlowContext } from "../../panels/use-flow-context.ts";
import { PublishedFlow } from "./published-flow.tsx";

/** A flow that nobody has published, for those who may not edit it. */
export function DraftView({ loaded, draft }: { loaded: Response<typeof getFlow>; draft: FlowDraft }) {
  const { document, savedAt, pinned } = draft;
  const { labels } = useFlowContext(document, null, pinned);
  const version = useMemo(
    (): FlowVersion => ({ id: "draft", number: null, publishedAt: savedAt, document, ...labels }),
    [document, savedAt, labels],
  );
  return <PublishedFlow loaded={loaded} drawn={version} mayEdit={false} />;
}
