import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { WebhookStanding } from "../../../shared/api/webhooks.ts";
import type { IncomingWebhook } from "../../../shared/connector/incoming-webhook.ts";
import { describeRecipe } from "../../../shared/event/describe-recipe.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { webhookStandingsQuery } from "../../api/trigger-queries.ts";
import { makeGlobalHook } from "../../api/trigger-routes.ts";
import { CopiedLine } from "../../panels/copied-line.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { Menu } from "../../ui/menu.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { useConnectorEdit } from "./use-connector-edit.ts";
import { needsOwnSecret } from "./webhook-secret-rule.ts";
import { kindWords, originFacts } from "./webhook-words.ts";

/** An incoming webhook in the list: how it comes, how it proves itself, its secret, which triggers use it. */
export function WebhookRow({
  loaded,
  webhook,
  standing,
  readOnly,
  onOpen,
}: {
  loaded: LoadedConnector;
  webhook: IncomingWebhook;
  /** Undefined until it is known. */
  standing: WebhookStanding | undefined;
  readOnly: boolean;
  onOpen: () => void;
}) {
  const { key, name, description, kind, recipe } = webhook;
  const [deleting, setDeleting] = useState(false);
  const edit = useConnectorEdit(loaded);
  const users = (loaded.document.triggers ?? []).filter(({ source }) => source.kind === "webhook" && source.webhook === key);
  return (
    <li className="flex items-start gap-3 px-4 py-3" data-testid="webhook-row">
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <div className="flex flex-col gap-0.5">
          <span className="flex min-h-7 flex-wrap items-center gap-2">
            {readOnly ? (
              <span className="min-w-0 break-words font-medium text-sm">{name}</span>
            ) : (
              <button
                type="button"
                onClick={onOpen}
                className="min-w-0 break-words rounded-small text-left font-medium text-sm hover:underline"
              >
                {name}
              </button>
            )}
            <Badge>{kindWords[kind]}</Badge>
          </span>
          {description && <p className="text-muted text-sm">{description}</p>}
        </div>
        <Facts>
          <Fact name="Signature">{describeRecipe(recipe)}</Fact>
          {recipe.kind !== "url-secret" && (
            <Fact name="Secret">
              <SecretState webhook={webhook} standing={standing} />
            </Fact>
          )}
          <Fact name="Used by">
            {users.length === 0 ? (
              <span className="text-muted">no trigger yet</span>
            ) : (
              users.map((trigger) => trigger.name).join(", ")
            )}
          </Fact>
        </Facts>
        {kind === "global" && <GlobalUrl connector={loaded.document.key} webhook={webhook} {...{ standing, readOnly }} />}
        {edit.problem && <ProblemLine text={edit.problem} />}
      </div>
      {!readOnly && (
        <Menu
          label={`Actions for ${name}`}
          items={[
            { label: "Edit", onSelect: onOpen },
            users.length === 0
              ? { label: "Delete", danger: true, onSelect: () => setDeleting(true) }
              : { label: "Delete: a trigger uses it", disabled: true, onSelect: () => {} },
          ]}
        />
      )}
      <Confirm
        open={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={() => void edit.save({ edit: "remove-webhook", webhook: key }).then(() => setDeleting(false))}
        busy={edit.saving}
        title={`Delete “${name}”?`}
        consequence="New triggers cannot use it any more. Published flows keep the version of the connector that they use, and go on getting its events."
        verb="Delete incoming webhook"
        keep="Keep it"
      />
    </li>
  );
}

function SecretState({ webhook, standing }: { webhook: IncomingWebhook; standing: WebhookStanding | undefined }) {
  if (!needsOwnSecret(webhook)) return originFacts[webhook.secretOrigin];
  if (!standing) return <span className="text-muted">…</span>;
  if (standing.secretSetAt === null)
    return <span className="text-waiting-text">not set yet: everything that comes is refused</span>;
  return (
    <>
      one for all, set <RelativeTime at={standing.secretSetAt} />
    </>
  );
}

function GlobalUrl({
  connector,
  webhook,
  standing,
  readOnly,
}: {
  connector: string;
  webhook: IncomingWebhook;
  standing: WebhookStanding | undefined;
  readOnly: boolean;
}) {
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => call(makeGlobalHook, { params: { key: connector, webhook: webhook.key } }),
    onSuccess: () => client.invalidateQueries({ queryKey: webhookStandingsQuery(connector).queryKey }),
  });
  if (!standing) return null;
  return (
    <div className="flex flex-col gap-2">
      {standing.globalUrl !== null && <CopiedLine text={standing.globalUrl} what="global URL" />}
      {standing.globalUrl === null && !readOnly && (
        <Button size="small" className="self-start" busy={make.isPending} onClick={() => make.mutate()}>
          Make the global URL
        </Button>
      )}
      {make.error && <ProblemLine text={explain(make.error).why} />}
    </div>
  );
}
