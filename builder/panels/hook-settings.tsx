import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { HookSummary } from "../../shared/api/flows.ts";
import type { IncomingWebhook } from "../../shared/connector/incoming-webhook.ts";
import { flowQuery } from "../api/queries.ts";
import { Button } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { CopiedLine } from "./copied-line.tsx";
import { HookForm } from "./hook-form.tsx";
import { type Made, SecretOnce } from "./secret-fields.tsx";
import { SubscriptionState } from "./subscription-state.tsx";

/** Where a trigger's events come in and how they are verified. What is made for the sender is shown once, when it is made. */
export function HookSettings({
  flow,
  node,
  webhook,
  api = false,
  problem,
  readOnly,
}: {
  flow: string;
  node: string;
  /** The connector's incoming webhook that it is; left out: a hook of the flow's own. */
  webhook?: IncomingWebhook;
  /** A URL that programs call with a token. */
  api?: boolean;
  problem: string | undefined;
  readOnly: boolean;
}) {
  const { data } = useQuery(flowQuery(flow));
  const [changing, setChanging] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const hook = data?.hooks.find((each) => each.node === node);
  if (!data) return null;
  // A subscription is made at the provider when the flow is published; nobody copies its URL.
  const byHand = webhook === undefined || webhook.kind === "static";
  const verb = api ? "Change the token" : webhook ? "Change the secret" : "Change the verification or the secret";
  return (
    <section aria-label={api ? "API URL" : "Webhook"} className="flex flex-col gap-4">
      {problem && !hook && (
        <p role="alert" className="text-failed-text text-sm">
          {problem}
        </p>
      )}
      {hook && byHand && <HookFacts hook={hook} api={api} />}
      {!byHand && <SubscribedBy webhook={webhook} />}
      {made?.secret && <SecretOnce secret={made.secret} what={api ? "Token" : "Signing secret"} />}
      {made?.verifyToken && <SecretOnce secret={made.verifyToken} what="Verify token" />}
      {hook && <SubscriptionState hook={hook.id} readOnly={readOnly} byHand={byHand && !api} />}
      {!readOnly &&
        byHand &&
        (hook && !changing ? (
          <Button className="self-start" size="small" onClick={() => setChanging(true)}>
            {verb}
          </Button>
        ) : (
          <HookForm
            key={hook?.id ?? "new"}
            {...{ flow, node, hook, webhook, api }}
            onCancel={hook ? () => setChanging(false) : null}
            onDone={(next) => {
              setMade(next);
              setChanging(false);
            }}
          />
        ))}
    </section>
  );
}

function HookFacts({ hook, api }: { hook: HookSummary; api: boolean }) {
  const name = api ? "API URL" : "Hook URL";
  return (
    <div className="flex flex-col gap-1.5">
      <span className="font-medium text-sm">{name}</span>
      <CopiedLine text={hook.url ?? ""} what={api ? "API URL" : "hook URL"} />
      <p className="text-muted text-xs">
        {api ? "POST with Authorization: Bearer and, if you like, an Idempotency-Key" : hook.recipe}
        {hook.secretSetAt !== null && (
          <>
            {api ? " · token set " : " · secret set "}
            <RelativeTime at={hook.secretSetAt} />
          </>
        )}
      </p>
      {api && <ApiCall url={hook.url ?? ""} />}
    </div>
  );
}

/** A call that works once the token stands in its place. */
function ApiCall({ url }: { url: string }) {
  const text = [
    `curl -X POST '${url}'`,
    `-H "Authorization: Bearer $TOKEN"`,
    `-H 'Content-Type: application/json'`,
    `-H 'Idempotency-Key: call-1'`,
    `--data-raw '{"example": true}'`,
  ].join(" \\\n  ");
  return (
    <div className="flex flex-col gap-1.5 pt-2">
      <div className="flex items-center">
        <span className="flex-1 font-medium text-sm">cURL</span>
        <CopyButton text={text} what="cURL command" />
      </div>
      <CodeBlock text={text} label="cURL command" testId="api-curl" />
      <p className="text-muted text-xs">
        Put the token in the place of $TOKEN. Calls with the same Idempotency-Key start one run.
      </p>
    </div>
  );
}

function SubscribedBy({ webhook }: { webhook: IncomingWebhook }) {
  return (
    <p className="text-muted text-sm">
      {webhook.kind === "resthook"
        ? `“${webhook.name}” is subscribed to at the provider when the flow is published, and ended when it no longer is.`
        : `Events come through the one URL of “${webhook.name}” and are routed to this flow.`}
    </p>
  );
}
