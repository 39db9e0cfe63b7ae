import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { webhookStandingsQuery } from "../../api/trigger-queries.ts";
import { vouchForConnector } from "../../api/trigger-routes.ts";
import { Checkbox } from "../../ui/checkbox.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { type WebhookDraft, withFittingOrigin } from "./webhook-draft.ts";
import { kindHelp, kindWords } from "./webhook-words.ts";

/** How events come: by a URL that people copy, by a subscription, or by one URL for all where somebody vouches for the connector. */
export function WebhookKind({
  draft,
  problem,
  connector,
  vouched,
  onChange,
}: {
  draft: WebhookDraft;
  problem: Readonly<Record<string, string>>;
  connector: string;
  vouched: boolean;
  onChange: (draft: WebhookDraft) => void;
}) {
  const kinds = (["static", "resthook", "global"] as const).filter(
    (kind) => kind !== "global" || vouched || draft.kind === "global",
  );
  return (
    <div className="flex flex-col gap-2">
      <ChoiceField
        label="Type"
        required
        value={draft.kind}
        options={kinds.map((value) => ({ value, label: kindWords[value] }))}
        help={kindHelp[draft.kind]}
        error={problem["webhook.kind"]}
        onChange={(kind) => onChange(withFittingOrigin({ ...draft, kind }))}
      />
      <Vouching connector={connector} vouched={vouched} />
    </div>
  );
}

function Vouching({ connector, vouched }: { connector: string; vouched: boolean }) {
  const client = useQueryClient();
  const vouch = useMutation({
    mutationFn: (next: boolean) => call(vouchForConnector, { params: { key: connector }, body: { vouched: next } }),
    onSuccess: () => client.invalidateQueries({ queryKey: webhookStandingsQuery(connector).queryKey }),
  });
  return (
    <details className="group text-xs">
      <summary className="flex min-h-7 cursor-pointer list-none items-center gap-1 self-start rounded-small text-muted hover:text-text">
        <ChevronRight aria-hidden="true" className="size-3.5 transition-transform group-open:rotate-90" />
        {vouched ? "This connector may have a single global URL" : "Why is there no single global URL?"}
      </summary>
      <div className="flex flex-col gap-2 py-2 pl-4.5">
        <p className="text-muted">
          One URL takes the events of everybody’s subscriptions, and a value in each says whose it is: whoever can send to it is
          trusted with that. It is for apps that we build and look after ourselves.
        </p>
        <Checkbox checked={vouched} disabled={vouch.isPending} onChange={(next) => vouch.mutate(next)}>
          This connector is ours: it may have a single global URL
        </Checkbox>
        {vouch.error && <ProblemLine text={explain(vouch.error).why} />}
      </div>
    </details>
  );
}
