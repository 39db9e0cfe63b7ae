import { type SecretChoice, SecretFields } from "../../panels/secret-fields.tsx";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { FormPart } from "./form-part.tsx";
import { secretOrigins, type WebhookDraft } from "./webhook-draft.ts";
import { needsOwnSecret, takesSecret } from "./webhook-secret-rule.ts";
import { originWords } from "./webhook-words.ts";

const firstChoice: SecretChoice = { how: "given", given: "", overlap: "0" };
/** The sender cannot change over at the same moment. */
const laterChoice: SecretChoice = { how: "given", given: "", overlap: "86400000" };

/** Where the secret comes from, and the one secret for all where there is one: it goes in and never comes back. */
export function WebhookSecret({
  draft,
  problem,
  secret,
  secretProblem,
  setAt,
  onChange,
  onSecret,
}: {
  draft: WebhookDraft;
  problem: Readonly<Record<string, string>>;
  /** Null: it stays as it is. */
  secret: SecretChoice | null;
  /** Why it was not taken. */
  secretProblem: string | undefined;
  setAt: number | null;
  onChange: (draft: WebhookDraft) => void;
  onSecret: (secret: SecretChoice | null) => void;
}) {
  if (!draft.recipe || !takesSecret(draft.recipe)) return null;
  const origins = secretOrigins(draft.kind, draft.validation);
  return (
    <FormPart title="Secret" lead="What the signature is checked with; for some senders a public key.">
      <ChoiceField
        label="Where it comes from"
        required
        value={draft.secretOrigin}
        options={origins.map((value) => ({ value, label: originWords[value] }))}
        help={originHelp[draft.secretOrigin]}
        error={problem["webhook.secretOrigin"]}
        onChange={(secretOrigin) => onChange({ ...draft, secretOrigin })}
      />
      {needsOwnSecret({ recipe: draft.recipe, secretOrigin: draft.secretOrigin }) &&
        (setAt !== null && secret === null ? (
          <div className="flex flex-col gap-1.5">
            <span className="font-medium text-sm">Secret</span>
            <p className="flex items-center gap-2 text-muted text-sm">
              <span>
                Set <RelativeTime at={setAt} />
              </span>
              <span aria-hidden="true">·</span>
              <Button look="quiet" size="small" onClick={() => onSecret(laterChoice)}>
                Replace
              </Button>
            </p>
          </div>
        ) : (
          <>
            <SecretFields choice={secret ?? firstChoice} exists={setAt !== null} required={setAt !== null} onChange={onSecret} />
            {setAt === null && (secret?.how ?? "given") === "given" && (secret?.given ?? "") === "" && (
              <p className="text-muted text-xs">It can be set later; until then everything that comes is refused.</p>
            )}
          </>
        ))}
      {secretProblem && <ProblemLine text={secretProblem} />}
    </FormPart>
  );
}

const originHelp: Record<WebhookDraft["secretOrigin"], string> = {
  definition: "All subscriptions share it: the sender has one secret for the whole app.",
  generated: "Shown once to whoever sets up a trigger, or handed to the sender when it is asked to subscribe.",
  given: "The sender shows a secret of its own when the URL is registered there; whoever sets up a trigger enters it.",
  "subscribe-answer": "Say below where the answer has it.",
  challenge: "The sender’s first request brings it, while the subscription is being made.",
};
