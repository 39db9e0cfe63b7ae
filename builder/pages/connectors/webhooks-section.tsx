import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { webhookStandingsQuery } from "../../api/trigger-queries.ts";
import { SecretOnce } from "../../panels/secret-fields.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { SectionFrame } from "./section-frame.tsx";
import { WebhookRow } from "./webhook-row.tsx";

// With the library of providers it is larger than the rest of the page.
const WebhookForm = lazy(() => import("./webhook-form.tsx"));

/** The events that the outside API pushes: how each comes, and how it proves where it comes from. */
export function WebhooksSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const { incomingWebhooks, key: connector } = loaded.document;
  const { data } = useQuery(webhookStandingsQuery(connector));
  /** Null: the list; "" a new one; else the key of the one that is changed. */
  const [open, setOpen] = useState<string | null>(null);
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null);
  const add = () => {
    setMade(null);
    setOpen("");
  };
  if (open !== null)
    return (
      <Suspense fallback={<Skeleton className="m-6 h-96" />}>
        <WebhookForm
          key={open}
          loaded={loaded}
          webhook={incomingWebhooks.find(({ key }) => key === open) ?? null}
          onClose={(secret) => {
            setMade(secret);
            setOpen(null);
          }}
        />
      </Suspense>
    );
  const addButton = !readOnly && (
    <Button look="primary" onClick={add}>
      <Plus aria-hidden="true" />
      Add incoming webhook
    </Button>
  );
  return (
    <SectionFrame
      title="Incoming webhooks"
      lead="Events that the outside API sends by itself, and how each proves where it comes from. Triggers start flows with them."
      action={incomingWebhooks.length > 0 && addButton}
    >
      {made && <SecretOnce secret={made.secret} what={`Signing secret of “${made.name}”`} />}
      {incomingWebhooks.length === 0 ? (
        <Empty title="No incoming webhooks yet" picture={<LooseCable />} action={addButton}>
          {readOnly
            ? "This connector is called; it pushes no events. A flow that is to be told something begins with a webhook trigger of its own."
            : "Does the API tell others when something happens? Describe how it signs what it sends, then make triggers of it: “When a contact is added”."}
        </Empty>
      ) : (
        <ul aria-label="Incoming webhooks" className="divide-y divide-line rounded-card border border-line">
          {incomingWebhooks.map((webhook) => (
            <WebhookRow
              key={webhook.key}
              loaded={loaded}
              webhook={webhook}
              standing={data?.webhooks.find((each) => each.webhook === webhook.key)}
              readOnly={readOnly}
              onOpen={() => {
                setMade(null);
                setOpen(webhook.key);
              }}
            />
          ))}
        </ul>
      )}
    </SectionFrame>
  );
}
