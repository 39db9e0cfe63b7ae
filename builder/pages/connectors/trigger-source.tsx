import { Segmented } from "../../ui/segmented.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { ElsewhereFirst } from "./elsewhere-first.tsx";
import { TriggerFilters } from "./trigger-filters.tsx";
import type { TriggerPartProps } from "./trigger-part-props.ts";
import { TriggerPoll } from "./trigger-poll.tsx";

/** Where the events come from: an incoming webhook with filters, or an endpoint that is asked again and again. */
export function TriggerSource(props: TriggerPartProps) {
  const { draft, onChange } = props;
  return (
    <div className="flex flex-col gap-6">
      <Segmented
        label="Source"
        value={draft.from}
        onChange={(from) => onChange({ ...draft, from })}
        segments={[
          { value: "webhook", label: "Incoming webhook" },
          { value: "poll", label: "Polling an endpoint" },
        ]}
      />
      {draft.from === "webhook" ? (
        <WebhookSource {...props} />
      ) : (
        <div className="flex max-w-form flex-col gap-6">
          <TriggerPoll {...props} />
        </div>
      )}
    </div>
  );
}

function WebhookSource(props: TriggerPartProps) {
  const { document, draft, problem, onChange } = props;
  const { incomingWebhooks } = document;
  if (incomingWebhooks.length === 0)
    return (
      <ElsewhereFirst connector={document.key} section="webhooks">
        This connector has no incoming webhooks yet: add one in
      </ElsewhereFirst>
    );
  const gone = draft.webhook !== null && !incomingWebhooks.some(({ key }) => key === draft.webhook);
  return (
    <>
      <div className="max-w-form">
        <ChoiceField
          label="Incoming webhook"
          required
          value={gone ? null : draft.webhook}
          options={incomingWebhooks.map(({ key, name }) => ({ value: key, label: name }))}
          help={incomingWebhooks.find(({ key }) => key === draft.webhook)?.description}
          error={problem["trigger.source.webhook"]}
          onChange={(webhook) => onChange({ ...draft, webhook })}
        />
      </div>
      <TriggerFilters {...props} />
    </>
  );
}
