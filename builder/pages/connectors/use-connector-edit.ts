import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ConnectorEdit } from "../../../shared/connector/connector.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorQuery, connectorsQuery } from "../../api/queries.ts";
import { editConnector } from "../../api/routes.ts";
import type { LoadedConnector } from "./loaded-connector.ts";

/** Saves sections of a connector's draft on the revision that is on the screen. */
export function useConnectorEdit({ document, revision }: LoadedConnector) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: (edit: ConnectorEdit) =>
      call(editConnector, { params: { connector: document.key }, body: { base: revision, edit } }),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: connectorQuery(document.key).queryKey }),
        client.invalidateQueries({ queryKey: connectorsQuery.queryKey }),
      ]),
  });
  const found = fieldProblems(mutation.error);
  return {
    /** True when it was saved; else `problem` says why not. */
    save: (edit: ConnectorEdit): Promise<boolean> =>
      mutation.mutateAsync(edit).then(
        () => true,
        () => false,
      ),
    /** The same, with what is wrong by field at once: for those who have to lead there. */
    trySave: (edit: ConnectorEdit): Promise<{ saved: boolean; problems: Record<string, string> }> =>
      mutation.mutateAsync(edit).then(
        () => ({ saved: true, problems: {} }),
        (error: Error) => ({ saved: false, problems: fieldProblems(error) }),
      ),
    saving: mutation.isPending,
    problem: mutation.error ? problemOf(mutation.error) : null,
    /** What is wrong with a field of the edit, e.g. `baseUrl` or `endpoint.path`. */
    fieldProblem: (field: string): string | undefined => found[field],
    /** All of them, by field. */
    fieldProblems: found,
    forgetProblem: mutation.reset,
  };
}

function problemOf(error: Error): string {
  if (error instanceof ApiError && error.status === 409 && error.details?.revision !== undefined)
    return "Somebody else changed this connector meanwhile, so nothing was saved. Copy what you typed, then reload the page.";
  return explain(error).why;
}

/** From `details.issues` of a refusal: messages by field, below `edit.` or not. */
export function fieldProblems(error: Error | null): Record<string, string> {
  const issues = error instanceof ApiError ? error.details?.issues : undefined;
  if (!Array.isArray(issues)) return {};
  return Object.fromEntries(
    issues.flatMap((issue: unknown) => {
      if (typeof issue !== "object" || issue === null || !("field" in issue) || !("message" in issue)) return [];
      return [[String(issue.field).replace(/^edit\./, ""), String(issue.message)]];
    }),
  );
}
