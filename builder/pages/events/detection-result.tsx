import { CircleCheck, CircleX } from "lucide-react";
import type { Detection } from "../../../shared/api/webhooks.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";

/** What the search has found: the recipe that matches, and why others do not. */
export function DetectionResult({ detection }: { detection: Detection }) {
  const { matched, candidates, reason } = detection;
  const recipe = matched && JSON.stringify(matched.recipe, null, 2);
  return (
    <section aria-label="What was found" data-testid="detection" className="flex min-w-0 flex-col gap-4">
      <div role="status" className="flex gap-3">
        {matched ? (
          <CircleCheck aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-succeeded" />
        ) : (
          <CircleX aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-failed" />
        )}
        <div className="flex min-w-0 flex-col gap-1">
          <h2 className="font-semibold text-base">{matched ? matched.name : "No recipe matches"}</h2>
          <p className="text-pretty text-muted text-sm">{reason}</p>
        </div>
      </div>
      {recipe && (
        <div className="flex flex-col gap-1.5">
          <div className="flex items-center">
            <h3 className="flex-1 font-medium text-sm">Recipe</h3>
            <CopyButton text={recipe} what="recipe" />
          </div>
          <CodeBlock text={recipe} label="Recipe" />
        </div>
      )}
      {candidates.length > 0 && (
        <div className="flex flex-col gap-1.5">
          <h3 className="font-medium text-sm">{matched ? "Others that looked alike" : "What nearly matches"}</h3>
          <ul className="rounded-card border border-line">
            {candidates.map(({ name, problem }) => (
              <li key={name} className="flex flex-col gap-0.5 border-line border-b px-3 py-2 text-sm last:border-b-0">
                <span className="font-medium">{name}</span>
                <span className="text-muted">{problem}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
