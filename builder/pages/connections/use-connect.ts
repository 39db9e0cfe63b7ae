import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectionCheck, createConnection as Contract } from "../../../shared/api/connections.ts";
import type { BodyInput } from "../../../shared/api/route.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorQuery } from "../../api/queries.ts";
import { createConnection, updateConnection } from "../../api/routes.ts";
import { notify } from "../../ui/toast.ts";
import { fieldProblems } from "../connectors/use-connector-edit.ts";
import { useAuthorize } from "./use-authorize.ts";

type Given = Omit<BodyInput<typeof Contract>, "connector">;
type Stored = { connection: string; check: ConnectionCheck };

/** Makes a connection, or puts right the one that was made before; then sends the person on to the provider where one must sign in. */
export function useConnect({
  connector,
  returnTo,
  onConnected,
}: {
  connector: string;
  returnTo: string;
  onConnected: (connection: string) => void;
}) {
  const client = useQueryClient();
  const [stored, setStored] = useState<Stored | null>(null);
  const authorize = useAuthorize(returnTo);
  const connect = useMutation({
    async mutationFn({ target, ...given }: Given): Promise<Stored> {
      const made = stored
        ? await change(stored, given)
        : await call(createConnection, { body: { connector, ...given, ...(target && { target }) } });
      if (made.check.outcome !== "needs-authorization") return made;
      setStored(made);
      await authorize.mutateAsync(made.connection);
      return made;
    },
    async onSuccess(made) {
      await client.invalidateQueries({ queryKey: ["connections"] });
      switch (made.check.outcome) {
        case "healthy":
        case "unchecked":
          notify("done", "Connected", made.check.account ?? undefined);
          return onConnected(made.connection);
        case "broken":
        case "unreachable":
          return setStored(made);
        case "needs-authorization":
          // The browser is on its way to the provider.
          return;
      }
    },
    // Another base URL than the one that was shown: the form says so once it has the new one.
    onError: (error) => isMoved(error) && client.invalidateQueries({ queryKey: connectorQuery(connector).queryKey }),
  });
  const found = fieldProblems(connect.error);
  const unplaced = connect.error && !isMoved(connect.error) && Object.keys(found).length === 0;
  return {
    connect,
    /** Made, and not accepted yet. */
    stored,
    problem: (field: string): string | undefined => found[field],
    /** What is wrong with no field of its own. */
    said: unplaced ? explain(connect.error as Error).why : null,
  };
}

async function change({ connection, check }: Stored, given: Omit<Given, "target">): Promise<Stored> {
  const changed = await call(updateConnection, { params: { connection }, body: given });
  return { connection, check: changed.check ?? check };
}

function isMoved(error: Error): boolean {
  return error instanceof ApiError && error.status === 409 && typeof error.details?.baseUrl === "string";
}
