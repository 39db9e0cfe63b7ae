import { useMutation } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { authorizeConnection } from "../../api/routes.ts";

/** Sends the browser to the connector's OAuth provider, which sends it back to `returnTo` (a path of ours). */
export function useAuthorize(returnTo: string) {
  return useMutation({
    mutationFn: (connection: string) => call(authorizeConnection, { params: { connection }, body: { returnTo } }),
    onSuccess({ url }) {
      window.open(url, "_self");
    },
  });
}
