import { useState } from "react";
import { z } from "zod";
import { ChallengeRecipe } from "../../../shared/event/challenge-recipe.ts";
import type { Json } from "../../../shared/json.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Advanced } from "./advanced.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { FormPart } from "./form-part.tsx";
import { TextField } from "./text-field.tsx";
import { challengesOf, providerChallenges, type Validation, type WebhookDraft, withFittingOrigin } from "./webhook-draft.ts";
import { describeChallenge } from "./webhook-words.ts";

const Challenges = z.array(ChallengeRecipe).min(1, "there is none").max(5, "at most 5 challenges");
const newEcho: Validation = { way: "echo", challengeKey: "challenge", responseKey: "challenge" };

/** URL validation: the question whether the URL is ours is answered at once, and is no event. */
export function WebhookValidation({
  draft,
  problem,
  onChange,
}: {
  draft: WebhookDraft;
  problem: Readonly<Record<string, string>>;
  onChange: (draft: WebhookDraft) => void;
}) {
  const { validation } = draft;
  const library = providerChallenges(draft);
  const known: Validation = { way: "recipes", challenges: [...library] };
  // A secret that comes by a challenge goes with it.
  const set = (next: Validation) => onChange(withFittingOrigin({ ...draft, validation: next }));
  return (
    <FormPart
      title="URL validation"
      lead="Some senders ask first whether the URL is ours. They are answered at once; nothing starts."
    >
      <Checkbox
        checked={validation.way !== "off"}
        onChange={(on) => set(on ? (library.length > 0 ? known : newEcho) : { way: "off" })}
      >
        The sender validates the URL
      </Checkbox>
      {validation.way !== "off" && (
        <>
          <ChoiceField
            label="How"
            value={validation.way}
            options={[
              { value: "echo", label: "By a challenge key and response" },
              { value: "recipes", label: library.length > 0 ? "As the sender does it" : "By a recipe" },
            ]}
            onChange={(way) => {
              if (way === validation.way) return;
              set(way === "echo" ? newEcho : library.length > 0 ? known : { way, challenges: challengesOf(validation) });
            }}
          />
          {validation.way === "echo" && (
            <div className="grid grid-cols-2 gap-4">
              <TextField
                label="Challenge key"
                required
                mono
                maxLength={200}
                help="The label looked for in the request."
                error={fieldOf(problem, "when")}
                value={validation.challengeKey}
                onChange={(challengeKey) => set({ ...validation, challengeKey })}
              />
              <TextField
                label="Challenge response"
                required
                mono
                maxLength={120}
                help="The label answered with what was found, with 200 OK."
                error={fieldOf(problem, "respond")}
                value={validation.responseKey}
                onChange={(responseKey) => set({ ...validation, responseKey })}
              />
            </div>
          )}
          {validation.way === "recipes" && (
            <Recipes
              key={draft.provider ?? ""}
              challenges={validation.challenges}
              onChange={(challenges) => set({ way: "recipes", challenges })}
            />
          )}
        </>
      )}
    </FormPart>
  );
}

function Recipes({
  challenges,
  onChange,
}: {
  challenges: readonly ChallengeRecipe[];
  onChange: (challenges: ChallengeRecipe[]) => void;
}) {
  const [value, setValue] = useState<Json | undefined>(() => JSON.parse(JSON.stringify(challenges)));
  const issue = Challenges.safeParse(value).error?.issues[0];
  return (
    <>
      <ul aria-label="Challenges" className="flex flex-col gap-2">
        {challenges.map((challenge) => (
          <li key={challenge.name} className="flex flex-col gap-0.5 rounded-card border border-line px-3 py-2">
            <span className="font-medium text-sm">{challenge.name}</span>
            <span className="break-words text-muted text-xs">{describeChallenge(challenge)}</span>
          </li>
        ))}
      </ul>
      <Advanced>
        <JsonInput
          label="Challenges as JSON"
          help="At most 5. What cannot be read is not taken."
          error={issue && `${issue.path.join(".") || "the list"}: ${issue.message}`}
          value={value}
          roots={null}
          disabled={false}
          onChange={(next) => {
            setValue(next);
            const parsed = Challenges.safeParse(next);
            if (parsed.success) onChange(parsed.data);
          }}
        />
      </Advanced>
    </>
  );
}

/** The echo's two labels lie deep in the recipe that is made of them. */
function fieldOf(problem: Readonly<Record<string, string>>, part: "when" | "respond"): string | undefined {
  return Object.entries(problem).find(([field]) => field.startsWith(`webhook.challenges.0.${part}`))?.[1];
}
