import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { IncomingWebhook } from "../../../shared/connector/incoming-webhook.ts";
import { providerNamed } from "../../../shared/event/providers/providers.ts";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { webhookStandingsQuery } from "../../api/trigger-queries.ts";
import { makeGlobalHook, setWebhookSecret } from "../../api/trigger-routes.ts";
import { RecipeEditor } from "../../panels/recipe-editor.tsx";
import { chosenSecret, type SecretChoice } from "../../panels/secret-fields.tsx";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import { endpointKey } from "./endpoint-key.ts";
import { FormPart } from "./form-part.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { TextField } from "./text-field.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";
import { useFocusOnProblem } from "./use-focus-on-problem.ts";
import { useLeaveQuestion } from "./use-leave-question.ts";
import {
  draftOfWebhook,
  missingInWebhook,
  newWebhookDraft,
  readWebhook,
  type WebhookDraft,
  withoutProvider,
  withProvider,
} from "./webhook-draft.ts";
import { WebhookKind } from "./webhook-kind.tsx";
import { WebhookRestHook } from "./webhook-resthook.tsx";
import { WebhookRouting } from "./webhook-routing.tsx";
import { WebhookSecret } from "./webhook-secret.tsx";
import { needsOwnSecret } from "./webhook-secret-rule.ts";
import { WebhookValidation } from "./webhook-validation.tsx";

/** One incoming webhook, from how it comes to how it proves itself. `onClose` gets a secret that was made, to be shown once. */
export default function WebhookForm({
  loaded,
  webhook: saved,
  onClose,
}: {
  loaded: LoadedConnector;
  /** Null: a new one. */
  webhook: IncomingWebhook | null;
  onClose: (made: { name: string; secret: string } | null) => void;
}) {
  const connector = loaded.document.key;
  const client = useQueryClient();
  const { data: standings } = useQuery(webhookStandingsQuery(connector));
  const [start] = useState<WebhookDraft>(() => (saved ? draftOfWebhook(saved) : newWebhookDraft()));
  const [draft, setDraft] = useState(start);
  const [secret, setSecret] = useState<SecretChoice | null>(null);
  const [secretProblem, setSecretProblem] = useState<string | undefined>();
  const [unread, setUnread] = useState<Record<string, string>>({});
  // A new one whose secret was refused is there all the same.
  const [savedKey, setSavedKey] = useState(saved?.key ?? null);
  const edit = useConnectorEdit(loaded);
  const [lastRecipe, setLastRecipe] = useState(draft.recipe);
  useLeaveQuestion(draft !== start || secret !== null, "Leave without saving the incoming webhook?");
  const problems = Object.keys(unread).length > 0 ? unread : edit.fieldProblems;
  const waitsFor = missingInWebhook(draft);

  function change(next: WebhookDraft): void {
    setDraft(next);
    if (next.recipe) setLastRecipe(next.recipe);
    setUnread({});
    edit.forgetProblem();
  }

  const save = useMutation({
    async mutationFn() {
      const taken = loaded.document.incomingWebhooks.map(({ key }) => key);
      const key = savedKey ?? endpointKey(draft.name, taken, "webhook");
      const { webhook, problems: found } = readWebhook(draft, key);
      setUnread(found ?? {});
      if (!webhook || !(await edit.save({ edit: "webhook", replaces: savedKey, webhook }))) return;
      setSavedKey(key);
      const stored = await storeSecret(connector, webhook, secret);
      setSecretProblem(stored.problem);
      if (stored.problem !== undefined) return;
      if (webhook.kind === "global") await makeUrl(connector, webhook);
      onClose(stored.made === null ? null : { name: webhook.name, secret: stored.made });
    },
    onSettled: () => client.invalidateQueries({ queryKey: webhookStandingsQuery(connector).queryKey }),
  });

  const [first] = Object.values(problems);
  const said = first === undefined ? edit.problem : `Not saved: ${first}.`;
  const place = useFocusOnProblem<HTMLFormElement>(problems);
  const parts = { draft, problem: problems, onChange: change };
  return (
    <form
      ref={place}
      noValidate
      aria-label={saved ? "Edit the incoming webhook" : "Add an incoming webhook"}
      className="flex max-w-reading flex-col gap-6 p-6"
      onSubmit={(event) => {
        event.preventDefault();
        if (waitsFor === null) save.mutate();
      }}
    >
      <div className="flex flex-col gap-1">
        <h2 className="font-semibold text-xl">{saved ? `Edit “${saved.name}”` : "Add incoming webhook"}</h2>
        <p className="text-muted text-sm">How events of the API come in, and how each proves that it is one.</p>
      </div>
      <WebhookBasics {...parts} connector={connector} vouched={standings?.vouched ?? false} />
      <FormPart title="Authentication">
        <Authentication draft={draft} onChange={change} />
      </FormPart>
      <WebhookSecret
        {...parts}
        // While what is typed is no recipe the form stays as long as it is.
        draft={{ ...draft, recipe: draft.recipe ?? lastRecipe }}
        onChange={(next) => change({ ...next, recipe: draft.recipe })}
        secret={secret}
        secretProblem={secretProblem}
        setAt={standings?.webhooks.find((each) => each.webhook === savedKey)?.secretSetAt ?? null}
        onSecret={(next) => {
          setSecret(next);
          setSecretProblem(undefined);
        }}
      />
      <WebhookValidation {...parts} />
      {draft.kind === "resthook" && <WebhookRestHook {...parts} document={loaded.document} webhook={savedKey} />}
      {draft.kind === "global" && <WebhookRouting {...parts} />}
      {said && <ProblemLine text={said} />}
      {save.error && <ProblemLine text={explain(save.error).why} />}
      <div className="sticky bottom-0 flex items-center gap-3 border-line border-t bg-page py-4">
        <p className="min-w-0 flex-1 text-muted text-sm">{waitsFor}</p>
        <Button onClick={() => onClose(null)}>Cancel</Button>
        <Button type="submit" look="primary" busy={save.isPending} disabled={waitsFor !== null}>
          Save incoming webhook
        </Button>
      </div>
    </form>
  );
}

/** The one secret is no part of the document. `made`: it was generated just now; `problem`: why it was not taken. */
async function storeSecret(
  connector: string,
  webhook: IncomingWebhook,
  secret: SecretChoice | null,
): Promise<{ made: string | null; problem?: string }> {
  const chosen = secret && needsOwnSecret(webhook) ? chosenSecret(secret) : null;
  if (!secret || chosen === null || chosen === "keep") return { made: null };
  const params = { key: connector, webhook: webhook.key };
  return call(setWebhookSecret, { params, body: { secret: chosen, overlapMs: Number(secret.overlap) } }).then(
    ({ secret: made }) => ({ made }),
    (error: Error) => ({ made: null, problem: `Everything else is saved. ${explain(error).why}` }),
  );
}

/** What fails here can be done again from the list. */
function makeUrl(connector: string, { key }: IncomingWebhook): Promise<unknown> {
  return call(makeGlobalHook, { params: { key: connector, webhook: key } }).catch((error: Error) =>
    notify("failed", "The global URL was not made", explain(error).why),
  );
}

type PartProps = {
  draft: WebhookDraft;
  problem: Readonly<Record<string, string>>;
  onChange: (draft: WebhookDraft) => void;
};

function WebhookBasics({ draft, problem, connector, vouched, onChange }: PartProps & { connector: string; vouched: boolean }) {
  return (
    <div className="flex max-w-form flex-col gap-4">
      <WebhookKind {...{ draft, problem, connector, vouched, onChange }} />
      <TextField
        label="Webhook name"
        required
        maxLength={120}
        help="What triggers are made from, e.g. “Contact events”."
        error={problem["webhook.name"] ?? problem["webhook.key"]}
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
      />
      <TextField
        label="Short description"
        maxLength={2_000}
        error={problem["webhook.description"]}
        value={draft.description}
        onChange={(description) => onChange({ ...draft, description })}
      />
    </div>
  );
}

function Authentication({ draft, onChange }: Pick<PartProps, "draft" | "onChange">) {
  // While what is typed is no recipe, the editor keeps it.
  const [last, setLast] = useState<SignatureRecipe | undefined>(draft.recipe);
  if (last === undefined) return null;
  return (
    <RecipeEditor
      recipe={last}
      provider={draft.provider}
      facts
      onChange={(recipe, key) => {
        if (recipe) setLast(recipe);
        const provider = key === undefined ? null : providerNamed(key);
        if (provider && key !== draft.provider) return onChange(withProvider(draft, provider));
        // A recipe that is made by hand from a provider's is still that one's; another one does not ask and answer as it did.
        const isAnother = draft.provider !== undefined && provider === null && recipe !== last;
        onChange({ ...(isAnother ? withoutProvider(draft) : draft), recipe, provider: key });
      }}
    />
  );
}
