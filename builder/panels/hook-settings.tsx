import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { use, useState } from "react";
import type { HookSummary } from "../../shared/api/flows.ts";
import type { IncomingWebhook } from "../../shared/connector/incoming-webhook.ts";
import { providerNamed, providerOf, providers } from "../../shared/event/providers/providers.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { call } from "../api/client.ts";
import { explain } from "../api/explain.ts";
import { flowQuery } from "../api/queries.ts";
import { setHook } from "../api/routes.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Field } from "../ui/field.tsx";
import { Choice, Input } from "../ui/input.tsx";
import { ProblemLine } from "../ui/problem-line.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { DraftSaved } from "./draft-saved.ts";
import { RecipeFields } from "./recipe-fields.tsx";

/** Where a trigger's events come in and how they are verified. A secret of ours is shown once, when it is made. */
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
  const [secret, setSecret] = useState<string | null>(null);
  const hook = data?.hooks.find((each) => each.node === node);
  if (!data) return null;
  return (
    <section aria-label="Webhook" className="flex flex-col gap-4">
      {problem && !hook && (
        <p role="alert" className="text-failed-text text-sm">
          {problem}
        </p>
      )}
      {hook && <HookFacts hook={hook} />}
      {secret !== null && <SecretOnce secret={secret} />}
      {!readOnly &&
        (hook && !changing ? (
          <Button className="self-start" size="small" onClick={() => setChanging(true)}>
            Change the verification or the secret
          </Button>
        ) : (
          <HookForm
            key={hook?.id ?? "new"}
            flow={flow}
            node={node}
            hook={hook}
            onCancel={hook ? () => setChanging(false) : null}
            onDone={(made) => {
              setSecret(made);
              setChanging(false);
            }}
          />
        ))}
    </section>
  );
}

function HookFacts({ hook }: { hook: HookSummary }) {
  const preset = providerOf(hook.settings);
  return (
    <div className="flex flex-col gap-1.5">
      <span className="font-medium text-sm">Hook URL</span>
      <CopiedLine text={hook.url} what="hook URL" />
      <p className="text-muted text-xs">
        {preset ? `${preset.name}: ${hook.recipe}` : hook.recipe}
        {hook.secretSetAt !== null && (
          <>
            {" · secret set "}
            <RelativeTime at={hook.secretSetAt} />
          </>
        )}
      </p>
    </div>
  );
}

function SecretOnce({ secret }: { secret: string }) {
  return (
    <div role="status" className="flex flex-col gap-1.5 rounded-card border border-waiting-line bg-waiting-tint p-3">
      <span className="font-medium text-sm">Signing secret</span>
      <CopiedLine text={secret} what="secret" />
      <p className="text-xs">Copy it now and give it to the sender: it is not shown again.</p>
    </div>
  );
}

function CopiedLine({ text, what }: { text: string; what: string }) {
  return (
    <div className="flex items-center gap-1 rounded-control border border-line bg-page py-0.5 pr-0.5 pl-2.5">
      <code data-testid={what.replace(" ", "-")} className="min-w-0 flex-1 truncate font-mono text-xs" data-tip={text}>
        {text}
      </code>
      <CopyButton text={text} what={what} />
    </div>
  );
}

type Secret = "generate" | "given" | "keep";
const custom = "custom";

function HookForm({
  flow,
  node,
  hook,
  onCancel,
  onDone,
}: {
  flow: string;
  node: string;
  hook: HookSummary | undefined;
  onCancel: (() => void) | null;
  onDone: (secret: string | null) => void;
}) {
  const client = useQueryClient();
  const saveDraft = use(DraftSaved);
  const [recipe, setRecipe] = useState<SignatureRecipe | null>(hook?.settings ?? providers[0]?.recipe ?? null);
  const [byHand, setByHand] = useState(hook !== undefined && providerOf(hook.settings) === null);
  const [source, setSource] = useState<Secret>(hook ? "keep" : "generate");
  const [given, setGiven] = useState("");
  const preset = recipe === null || byHand ? null : providerOf(recipe);
  const save = useMutation({
    async mutationFn(chosen: SignatureRecipe) {
      // The trigger may have been drawn just now; when it cannot be saved, the server's answer says what is missing.
      await saveDraft();
      const secret = source === "given" ? { given } : source;
      return call(setHook, { params: { flow, node }, body: { recipe: chosen, secret } });
    },
    async onSuccess({ secret }) {
      await client.invalidateQueries({ queryKey: flowQuery(flow).queryKey });
      onDone(secret);
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (recipe) save.mutate(recipe);
      }}
    >
      <Field label="Signature" help="How the sender proves that an event is its own. Events that fail are refused.">
        {(control) => (
          <Choice
            {...control}
            value={preset?.key ?? custom}
            options={[
              ...providers.map(({ key, name }) => ({ value: key, label: name })),
              { value: custom, label: "By hand (HMAC)" },
            ]}
            onChange={(key) => {
              const chosen = providerNamed(key);
              setByHand(!chosen);
              if (!chosen) return;
              setRecipe(chosen.recipe);
              if (!hook) setSource(chosen.secretOrigin === "generated" ? "generate" : "given");
            }}
          />
        )}
      </Field>
      {preset === null && recipe && <RecipeFields recipe={recipe} onChange={setRecipe} />}
      <div className="flex flex-col gap-1.5">
        <span className="font-medium text-sm">Secret</span>
        <Segmented
          label="Secret"
          value={source}
          onChange={setSource}
          segments={[
            ...(hook ? [{ value: "keep" as const, label: "Keep" }] : []),
            { value: "generate", label: "Generate" },
            { value: "given", label: "The sender's own" },
          ]}
        />
      </div>
      {source === "given" && (
        <Field label="The sender's secret" required>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="off"
              value={given}
              onChange={(event) => setGiven(event.target.value)}
            />
          )}
        </Field>
      )}
      {save.error && <ProblemLine text={explain(save.error).why} />}
      <div className="flex gap-2">
        <Button
          type="submit"
          look="primary"
          busy={save.isPending}
          disabled={recipe === null || (source === "given" && given === "")}
        >
          {hook ? "Save the verification" : "Create hook URL"}
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}
