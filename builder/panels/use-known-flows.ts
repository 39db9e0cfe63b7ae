import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Flow } from "../../shared/flow/flow.ts";
import type { KnownFlow } from "../../shared/flow/output-type.ts";
import { flowQuery } from "../api/queries.ts";
import { answerOfFlow } from "./answer-of-flow.ts";

/** The flows whose end a flow waits for, by id, with what they answer as they are published, as far as they have been loaded. */
export function useKnownFlows(document: Flow | null): ReadonlyMap<string, KnownFlow> {
  const ids = useMemo(() => startedFlows(document), [document]).join(" ");
  const loaded = useQueries({
    queries: (ids === "" ? [] : ids.split(" ")).map(flowQuery),
    combine: (results) => results.map(({ data }) => data),
  });
  // The combined list is stable while its items are.
  return useMemo(
    () =>
      new Map(
        loaded.flatMap((data): [string, KnownFlow][] => {
          if (!data) return [];
          const answer = data.version ? answerOfFlow(data.version.document) : undefined;
          return [[data.flow.id, { name: data.flow.name, ...(answer !== undefined && { answer }) }]];
        }),
      ),
    [loaded],
  );
}

function startedFlows(document: Flow | null): string[] {
  const ids =
    document?.nodes.flatMap((node) =>
      node.kind === "sub-flow" && node.mode === "wait" && node.flow !== "" ? [node.flow] : [],
    ) ?? [];
  return [...new Set(ids)].toSorted();
}
