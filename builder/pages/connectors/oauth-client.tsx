import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorQuery } from "../../api/queries.ts";
import { setOAuthClient } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { notify } from "../../ui/toast.ts";
import type { LoadedConnector } from "./loaded-connector.ts";
import { TextField } from "./text-field.tsx";

/** The client that is registered at the provider for all connections; its secret goes in and never comes back. */
export function OAuthClient({ loaded }: { loaded: LoadedConnector }) {
  const { document, oauthClient } = loaded;
  const queries = useQueryClient();
  const [clientId, setClientId] = useState(oauthClient?.clientId ?? "");
  const [secret, setSecret] = useState("");
  const [replacing, setReplacing] = useState(!oauthClient?.hasSecret);
  const save = useMutation({
    mutationFn: () =>
      call(setOAuthClient, {
        params: { connector: document.key },
        body: { clientId, ...(secret !== "" && { clientSecret: secret }) },
      }),
    async onSuccess() {
      setSecret("");
      if (secret !== "") setReplacing(false);
      await queries.invalidateQueries({ queryKey: connectorQuery(document.key).queryKey });
      notify("done", "OAuth client saved");
    },
  });
  return (
    <section aria-labelledby="oauth-client" className="flex flex-col gap-4 border-line border-t pt-6">
      <div className="flex flex-col gap-1">
        <h3 id="oauth-client" className="font-semibold text-base">
          OAuth client
        </h3>
        <p className="max-w-form text-muted text-sm">
          What the provider gave you when you registered your app there. It serves all connections of this connector.
        </p>
      </div>
      <form
        noValidate
        className="flex max-w-form flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (clientId.trim() !== "") save.mutate();
        }}
      >
        <TextField
          label="Client ID"
          required
          mono
          maxLength={500}
          help="Public identifier for the client."
          value={clientId}
          onChange={setClientId}
        />
        {replacing ? (
          <TextField
            label="Client secret"
            mono
            secret
            help="Stored encrypted and never shown again. Public clients have none."
            value={secret}
            onChange={setSecret}
          />
        ) : (
          <div className="flex flex-col gap-1.5">
            <span className="font-medium text-sm">Client secret</span>
            <p className="flex items-center gap-2 text-muted text-sm">
              {oauthClient && (
                <span>
                  Set <RelativeTime at={oauthClient.setAt} />
                </span>
              )}
              <span aria-hidden="true">·</span>
              <Button look="quiet" size="small" onClick={() => setReplacing(true)}>
                Replace
              </Button>
            </p>
          </div>
        )}
        {save.error && <ProblemLine text={explain(save.error).why} />}
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" busy={save.isPending} disabled={clientId.trim() === ""}>
            Save OAuth client
          </Button>
          {clientId.trim() === "" && <span className="text-muted text-xs">Enter the client ID.</span>}
        </div>
      </form>
    </section>
  );
}
