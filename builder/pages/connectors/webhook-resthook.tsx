import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import { DurationInput } from "../../panels/duration-input.tsx";
import { Field } from "../../ui/field.tsx";
import { Advanced } from "./advanced.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { ElsewhereFirst } from "./elsewhere-first.tsx";
import { FormPart } from "./form-part.tsx";
import { HookCall } from "./hook-call.tsx";
import { knownPaths, listPathsOf, PathField } from "./path-field.tsx";
import { hookRoots } from "./template-roots.ts";
import type { WebhookDraft } from "./webhook-draft.ts";

type Props = {
  draft: WebhookDraft;
  problem: Readonly<Record<string, string>>;
  document: ConnectorDraft;
  /** Its key as it is saved; null: it is new. */
  webhook: string | null;
  onChange: (draft: WebhookDraft) => void;
};

/** How a RESThook is subscribed to and kept: calls of the connector's own endpoints. */
export function WebhookRestHook(props: Props) {
  const { draft, problem, document, webhook, onChange } = props;
  const { endpoints } = document;
  if (endpoints.length === 0) return <NoEndpoints connector={document.key} />;
  const fields = formFields(document, webhook);
  const common = { connector: document, problem };
  return (
    <FormPart title="Subscription" lead="The two calls that a RESThook needs; both are endpoints of this connector.">
      <HookCall
        {...common}
        label="Subscribe endpoint"
        help="Called when a flow with a trigger of this webhook is published."
        endpoints={endpoints}
        call={draft.subscribe}
        templates={hookRoots(fields, false)}
        field="webhook.resthook.subscribe"
        onChange={(subscribe) => onChange({ ...draft, subscribe })}
      >
        {(endpoint) => <AnswerPaths {...props} endpoint={endpoint} />}
      </HookCall>
      <HookCall
        {...common}
        label="Unsubscribe endpoint"
        help="Called when the flow is changed, unpublished or deleted, until it succeeds."
        endpoints={endpoints}
        call={draft.unsubscribe}
        templates={hookRoots(fields, true)}
        field="webhook.resthook.unsubscribe"
        onChange={(unsubscribe) => onChange({ ...draft, unsubscribe })}
      />
      <Advanced
        open={isAdvanced(draft) || Object.keys(problem).some((field) => /resthook\.(renew|list|lifeMs|fallback)/.test(field))}
      >
        <Keeping {...props} fields={fields} />
      </Advanced>
    </FormPart>
  );
}

function NoEndpoints({ connector }: { connector: string }) {
  return (
    <FormPart title="Subscription">
      <ElsewhereFirst connector={connector} section="endpoints">
        A RESThook calls two endpoints of the connector, and there are none yet: add the ones that subscribe and unsubscribe in
      </ElsewhereFirst>
    </FormPart>
  );
}

/** Where the answer to subscribe has what is needed later on. */
function AnswerPaths({ draft, problem, endpoint, onChange }: Props & { endpoint: Endpoint }) {
  const { subscribe } = draft;
  const known = knownPaths(endpoint.responseSchema, endpoint.responseSample);
  const field = (name: "idPath" | "secretPath" | "expiresPath") => ({
    known,
    error: problem[`webhook.resthook.subscribe.${name}`],
    value: subscribe[name],
    onChange: (path: string) => onChange({ ...draft, subscribe: { ...subscribe, [name]: path } }),
  });
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-3 font-semibold text-muted text-xs uppercase tracking-wide">In its answer</legend>
      <PathField
        label="Subscription id"
        placeholder="data.id"
        help="Its path. Left empty: the last part of the Location header."
        {...field("idPath")}
      />
      {draft.secretOrigin === "subscribe-answer" && (
        <PathField label="Secret" required placeholder="data.secret" help="Its path." {...field("secretPath")} />
      )}
      <PathField
        label="Runs out at"
        placeholder="data.expires_at"
        help="Its path. ISO 8601, or seconds or milliseconds since 1970."
        {...field("expiresPath")}
      />
    </fieldset>
  );
}

/** What keeps a subscription alive and in step with the provider. */
function Keeping({ draft, problem, document, fields, onChange }: Props & { fields: string[] }) {
  const { renew, list } = draft;
  const polling = (document.triggers ?? []).filter(({ source }) => source.kind === "poll");
  const common = { connector: document, problem, templates: hookRoots(fields, true) };
  return (
    <>
      <Field
        label="Lifetime"
        help="How long a subscription lasts, as {{hook.expiresAt}} asks for it. Left empty: until it is ended, or as the answer says."
        error={problem["webhook.resthook.lifeMs"]}
      >
        {(control) => (
          <DurationInput
            control={control}
            value={draft.lifeMs}
            maxMs={365 * 86_400_000}
            usual="86400000"
            disabled={false}
            onChange={(lifeMs) => onChange({ ...draft, lifeMs })}
          />
        )}
      </Field>
      <HookCall
        {...common}
        label="Renew endpoint"
        help="Called before the subscription runs out."
        optional="None: it is subscribed anew"
        endpoints={document.endpoints}
        call={renew}
        field="webhook.resthook.renew"
        onChange={(next) => onChange({ ...draft, renew: next })}
      >
        {(endpoint) => (
          <PathField
            label="Runs out at, in its answer"
            placeholder="data.expires_at"
            known={knownPaths(endpoint.responseSchema, endpoint.responseSample)}
            error={problem["webhook.resthook.renew.expiresPath"]}
            value={renew.expiresPath}
            onChange={(expiresPath) => onChange({ ...draft, renew: { ...renew, expiresPath } })}
          />
        )}
      </HookCall>
      <HookCall
        {...common}
        templates={hookRoots(fields, false)}
        label="List endpoint"
        help="Lists what is registered: missing subscriptions are made again, and left-over ones ended."
        optional="None: they are not compared"
        endpoints={document.endpoints.filter((endpoint) => effectOf(endpoint) === "read")}
        call={list}
        field="webhook.resthook.list"
        onChange={(next) => onChange({ ...draft, list: next })}
      >
        {(endpoint) => <ListPaths {...{ draft, problem, endpoint, onChange }} />}
      </HookCall>
      <ChoiceField
        label="While no subscription can be had"
        value={draft.fallback}
        options={[
          { value: "", label: "Nothing comes until it succeeds" },
          ...polling.map(({ key, name }) => ({ value: key, label: `Poll as “${name}” does` })),
        ]}
        help={polling.length === 0 ? "A trigger that polls could take over; there is none yet." : undefined}
        error={problem["webhook.resthook.fallback"]}
        onChange={(fallback) => onChange({ ...draft, fallback })}
      />
    </>
  );
}

function ListPaths({
  draft,
  problem,
  endpoint,
  onChange,
}: Pick<Props, "draft" | "problem" | "onChange"> & { endpoint: Endpoint }) {
  const { list } = draft;
  const { lists, inItem } = listPathsOf(endpoint.responseSchema, endpoint.responseSample, list.itemsPath);
  const field = (name: "itemsPath" | "idPath" | "urlPath") => ({
    error: problem[`webhook.resthook.list.${name}`],
    value: list[name],
    onChange: (path: string) => onChange({ ...draft, list: { ...list, [name]: path } }),
  });
  return (
    <div className="flex flex-col gap-4">
      <PathField
        label="List in its answer"
        placeholder="data"
        help="Empty: the answer is the list."
        known={lists}
        {...field("itemsPath")}
      />
      <div className="grid grid-cols-2 items-start gap-4">
        <PathField label="Id in an item" required placeholder="id" known={inItem} {...field("idPath")} />
        <PathField label="Hook URL in an item" required placeholder="url" known={inItem} {...field("urlPath")} />
      </div>
    </div>
  );
}

function isAdvanced({ lifeMs, renew, list, fallback }: WebhookDraft): boolean {
  return lifeMs !== null || renew.endpoint !== null || list.endpoint !== null || fallback !== "";
}

/** Keys of the fields in the forms of the triggers that use this webhook. */
function formFields({ triggers = [] }: ConnectorDraft, webhook: string | null): string[] {
  const own = triggers.filter(({ source }) => source.kind === "webhook" && source.webhook === webhook);
  return [...new Set(own.flatMap(({ form }) => form.map(({ key }) => key)))];
}
