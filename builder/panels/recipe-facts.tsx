import type { ReactNode } from "react";
import { describePlace, describePlaces } from "../../shared/event/describe-recipe.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { Button } from "../ui/button.tsx";
import { Fact, Facts } from "../ui/facts.tsx";
import { formatDuration } from "../ui/format-time.ts";

/** What a recipe says beside the signature; `onEdit` leads to the whole of it. */
export function RecipeFacts({ recipe, onEdit }: { recipe: SignatureRecipe; onEdit: (() => void) | null }) {
  const { eventType, batch } = recipe;
  const timestamp = "timestamp" in recipe ? recipe.timestamp : undefined;
  return (
    <div className="flex flex-col items-start gap-3 rounded-card border border-line p-3">
      <Facts>
        {timestamp && <Fact name="Signed at">at most {formatDuration(timestamp.tolerancePastMs)} ago</Fact>}
        <Fact name="Event id">{dedupeWords(recipe) ?? <Without>none: what is sent twice counts twice</Without>}</Fact>
        <Fact name="Event type">{eventType ? describePlace(eventType) : <Without>not said by the sender</Without>}</Fact>
        <Fact name="In a delivery">
          {batch
            ? batch.path === ""
              ? "several events: the body is a list"
              : `several events: the list ${batch.path}`
            : "one event"}
        </Fact>
      </Facts>
      {onEdit && (
        <Button size="small" onClick={onEdit}>
          Edit the whole recipe
        </Button>
      )}
    </div>
  );
}

function Without({ children }: { children: ReactNode }) {
  return <span className="text-muted">{children}</span>;
}

/** What names an event, in words; null when nothing does. */
function dedupeWords({ dedupe }: SignatureRecipe): string | null {
  if (!dedupe) return null;
  const places = dedupe.candidates.map((candidate) => {
    if (candidate.in === "body-hash") return "all of its body";
    return candidate.in === "bodies" ? candidate.paths.join(" + ") : describePlaces([candidate]);
  });
  return `${places.join(", else ")}; a second one within ${formatDuration(dedupe.windowMs).replaceAll(" ", "\u00a0")} is a duplicate`;
}
