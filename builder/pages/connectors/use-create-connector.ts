import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { createConnector as Contract } from "../../../shared/api/connectors.ts";
import type { BodyInput } from "../../../shared/api/route.ts";
import { oauthCallbackPath } from "../../../shared/connector/oauth2.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorsQuery } from "../../api/queries.ts";
import { createConnector, setOAuthClient } from "../../api/routes.ts";
import { notify } from "../../ui/toast.ts";
import { needsClient, type TypedClient } from "./set-up-dialog.tsx";
import { fieldProblems } from "./use-connector-edit.ts";

type Made = { connector: BodyInput<typeof Contract>; client: TypedClient };

/** Makes a connector, gives it its OAuth client, and leads to where one connects. */
export function useCreateConnector() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data } = useQuery(connectorsQuery);
  const create = useMutation({
    async mutationFn({ connector: given, client }: Made) {
      const { connector } = await call(createConnector, { body: given });
      const { clientId, clientSecret } = client;
      if (!given.auth || !needsClient(given.auth)) return { connector, auth: given.auth, unsaved: null };
      // The connector is there by now: what goes wrong with its client is told on its page, where it can be entered again.
      const unsaved = await call(setOAuthClient, {
        params: { connector },
        body: { clientId, ...(clientSecret !== "" && { clientSecret }) },
      }).then(
        () => null,
        (fault: Error) => explain(fault).why,
      );
      return { connector, auth: given.auth, unsaved };
    },
    async onSuccess({ connector, auth, unsaved }) {
      await queries.invalidateQueries({ queryKey: connectorsQuery.queryKey });
      if (unsaved !== null) notify("failed", "The connector is made, its OAuth client is not stored", unsaved);
      await navigate({
        to: "/connectors/$connector",
        params: { connector },
        search:
          unsaved !== null
            ? { section: "base" }
            : auth?.kind === "none"
              ? { section: "endpoints" }
              : { section: "connections", connect: "yes" },
      });
    },
  });
  const problems = fieldProblems(create.error);
  return {
    create,
    /** What the server refused, by field. */
    problems,
    redirectUrl: data?.redirectUrl ?? window.location.origin + oauthCallbackPath,
    fieldProblem: (field: string): string | undefined => problems[field],
  };
}
