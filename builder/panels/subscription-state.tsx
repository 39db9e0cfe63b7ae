import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Link2, Radar, RefreshCw } from "lucide-react";
import { useState } from "react";
import type { HookDetail } from "../../shared/api/subscriptions.ts";
import { call } from "../api/client.ts";
import { explain } from "../api/explain.ts";
import { hookQuery } from "../api/trigger-queries.ts";
import { makeSheet, probeHook, retrySubscription, revokeSheet } from "../api/trigger-routes.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { notify } from "../ui/toast.ts";
import { CopiedLine } from "./copied-line.tsx";
import { listenerTone, listenerWords, stepWords, subscriptionTone, subscriptionWords } from "./subscription-words.ts";

/** Whether a hook listens and why, what it has been through, and what the sender is to be given. */
export function SubscriptionState({ hook: id, readOnly, byHand }: { hook: string; readOnly: boolean; byHand: boolean }) {
  const { data } = useQuery(hookQuery(id));
  if (!data) return null;
  const { hook } = data;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-2">
          <Badge tone={listenerTone[hook.listener.state]}>{listenerWords[hook.listener.state]}</Badge>
          {hook.kind === "resthook" && <Badge tone={subscriptionTone[hook.state]}>{subscriptionWords[hook.state]}</Badge>}
        </div>
        <p className="text-muted text-xs">{hook.listener.reason}</p>
        {hook.reason && (
          <p role="alert" className="text-failed-text text-xs">
            {hook.reason}
          </p>
        )}
        {hook.previousUntil !== null && (
          <p className="text-muted text-xs">
            The old secret counts as well, ending <RelativeTime at={hook.previousUntil} />.
          </p>
        )}
        {hook.expiresAt !== null && (
          <p className="text-muted text-xs">
            The subscription runs out <RelativeTime at={hook.expiresAt} /> and is renewed before.
          </p>
        )}
      </div>
      {!readOnly && <HookActions hook={hook} byHand={byHand} />}
      <History hook={hook} />
    </div>
  );
}

function HookActions({ hook, byHand }: { hook: HookDetail; byHand: boolean }) {
  const client = useQueryClient();
  const [sheetUrl, setSheetUrl] = useState<string | null>(null);
  const again = () => client.invalidateQueries({ queryKey: hookQuery(hook.id).queryKey });
  const params = { hook: hook.id };
  const onError = (error: Error) => notify("failed", "That did not work", explain(error).why);
  const probe = useMutation({
    mutationFn: () => call(probeHook, { params }),
    onError,
  });
  const sheet = useMutation({
    mutationFn: () => call(makeSheet, { params }),
    async onSuccess({ url }) {
      setSheetUrl(url);
      await again();
    },
    onError,
  });
  const revoke = useMutation({
    mutationFn: () => call(revokeSheet, { params }),
    async onSuccess() {
      setSheetUrl(null);
      await again();
    },
    onError,
  });
  const retry = useMutation({ mutationFn: () => call(retrySubscription, { params }), onSuccess: again, onError });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        {hook.kind === "resthook" && hook.state !== "deleted" && (
          <Button size="small" busy={retry.isPending} onClick={() => retry.mutate()}>
            <RefreshCw aria-hidden="true" />
            Look after it now
          </Button>
        )}
        {hook.url !== null && (
          <Button size="small" busy={probe.isPending} onClick={() => probe.mutate()}>
            <Radar aria-hidden="true" />
            Probe the URL
          </Button>
        )}
        {byHand && (
          <Button size="small" busy={sheet.isPending} onClick={() => sheet.mutate()}>
            <Link2 aria-hidden="true" />
            {hook.sheet ? "New set-up sheet" : "Set-up sheet for the sender"}
          </Button>
        )}
        {byHand && hook.sheet && (
          <Button size="small" look="quiet" busy={revoke.isPending} onClick={() => revoke.mutate()}>
            Withdraw the sheet
          </Button>
        )}
      </div>
      {probe.data && (
        <div role="status" className="flex flex-col gap-0.5 rounded-card border border-line p-3 text-xs">
          <span className={clsx("font-medium", probe.data.outcome === "reached" ? "text-succeeded-text" : "text-failed-text")}>
            {probe.data.outcome === "reached" ? "The URL leads here" : "The URL does not lead here"}
          </span>
          <span className="break-words text-muted">{probe.data.message}</span>
        </div>
      )}
      {sheetUrl && (
        <div role="status" className="flex flex-col gap-1.5 rounded-card border border-waiting-line bg-waiting-tint p-3">
          <span className="font-medium text-sm">Set-up sheet</span>
          <CopiedLine text={sheetUrl} what="sheet link" />
          <p className="text-xs">
            Give this link to whoever sets up the sender. It is not shown again; anyone who has it can read the sheet.
          </p>
        </div>
      )}
    </div>
  );
}

const shownAtFirst = 3;

function History({ hook: { history, kind } }: { hook: HookDetail }) {
  const [all, setAll] = useState(false);
  if (history.length === 0) return null;
  const shown = all ? history : history.slice(0, shownAtFirst);
  return (
    <section aria-label="History" className="flex flex-col gap-1.5">
      <h3 className="font-medium text-sm">History</h3>
      <ol className="flex flex-col gap-1 text-xs">
        {shown.map(({ at, step, message }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: counted from the oldest, as new ones come first; several may share a moment
          <li key={`${at} ${history.length - index}`} className="flex gap-3">
            <span className="w-16 shrink-0 text-muted">
              <RelativeTime at={at} />
            </span>
            <span className="min-w-0">
              {kind === "api" ? stepWords[step].replace("Secret", "Token") : stepWords[step]}
              {message && <span className="text-muted">: {message}</span>}
            </span>
          </li>
        ))}
      </ol>
      {!all && history.length > shownAtFirst && (
        <Button look="quiet" size="small" className="self-start" onClick={() => setAll(true)}>
          Show all {history.length}
        </Button>
      )}
    </section>
  );
}
