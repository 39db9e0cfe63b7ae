import { useMutation, useQueryClient } from "@tanstack/react-query";
import { use, useState } from "react";
import type { HookSummary } from "../../shared/api/flows.ts";
import type { IncomingWebhook } from "../../shared/connector/incoming-webhook.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import { providerNamed, providers } from "../../shared/event/providers/providers.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { call } from "../api/client.ts";
import { explain } from "../api/explain.ts";
import { flowQuery } from "../api/queries.ts";
import { setHook } from "../api/routes.ts";
import { Button } from "../ui/button.tsx";
import { ProblemLine } from "../ui/problem-line.tsx";
import { DraftSaved } from "./draft-saved.ts";
import { RecipeEditor } from "./recipe-editor.tsx";
import { chosenSecret, type Made, type SecretChoice, SecretFields } from "./secret-fields.tsx";

/** Makes a trigger's URL, or changes how its events are verified. */
export function HookForm({
  flow,
  node,
  hook,
  webhook,
  api,
  onCancel,
  onDone,
}: {
  flow: string;
  node: string;
  hook: HookSummary | undefined;
  webhook: IncomingWebhook | undefined;
  api: boolean;
  onCancel: (() => void) | null;
  onDone: (made: Made) => void;
}) {
  const client = useQueryClient();
  const saveDraft = use(DraftSaved);
  const own = webhook === undefined && !api;
  const [recipe, setRecipe] = useState<SignatureRecipe | undefined>(hook?.settings ?? providers[0]?.recipe);
  const [isReadable, setReadable] = useState(true);
  const [provider, setProvider] = useState<string | undefined>();
  const [secret, setSecret] = useState<SecretChoice>(() => firstChoice(hook, webhook));
  const takesSecret = isSecretSetHere(own ? recipe : webhook?.recipe, webhook);
  const chosen = api ? "generate" : takesSecret ? chosenSecret(secret) : "keep";
  const save = useMutation({
    async mutationFn() {
      // The trigger may have been drawn just now; when it cannot be saved, the server's answer says what is missing.
      await saveDraft();
      const { challenges, answer } = (provider === undefined ? null : providerNamed(provider)) ?? {};
      const body = { secret: chosen ?? "keep", overlapMs: Number(secret.overlap) };
      const settings = own && recipe ? { recipe, ...(challenges && { challenges }), ...(answer && { answer }) } : {};
      return call(setHook, { params: { flow, node }, body: { ...body, ...settings } });
    },
    async onSuccess({ secret: made, verifyToken }) {
      await client.invalidateQueries({ queryKey: flowQuery(flow).queryKey });
      onDone({ secret: made, verifyToken });
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {own && recipe !== undefined && (
        <RecipeEditor
          recipe={recipe}
          provider={provider}
          onChange={(next, from) => {
            setReadable(next !== undefined);
            if (next) setRecipe(next);
            setProvider(from);
            const origin = from === undefined ? undefined : providerNamed(from)?.secretOrigin;
            if (!hook && origin) setSecret({ ...secret, how: origin === "given" ? "given" : "generate" });
          }}
        />
      )}
      {takesSecret && !api && <SecretFields choice={secret} exists={hook?.secretSetAt != null} onChange={setSecret} />}
      {save.error && <ProblemLine text={explain(save.error).why} />}
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={save.isPending} disabled={(own && !isReadable) || chosen === null}>
          {hook
            ? api
              ? "Make a new token"
              : own
                ? "Save the verification"
                : "Save the secret"
            : api
              ? "Create API URL"
              : "Create hook URL"}
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}

function firstChoice(hook: HookSummary | undefined, webhook: IncomingWebhook | undefined): SecretChoice {
  const fresh = webhook?.secretOrigin === "given" ? "given" : "generate";
  return { how: hook?.secretSetAt != null ? "keep" : fresh, given: "", overlap: "0" };
}

/** Some senders do not sign, and some secrets are set elsewhere. */
function isSecretSetHere(recipe: SignatureRecipe | undefined, webhook: IncomingWebhook | undefined): boolean {
  if (recipe && !needsSecret(recipe)) return false;
  return webhook === undefined || webhook.secretOrigin === "generated" || webhook.secretOrigin === "given";
}
