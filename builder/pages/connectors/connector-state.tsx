import type { ConnectorSummary } from "../../../shared/api/connectors.ts";
import { type LampState, State } from "../../ui/lamp.tsx";

/** How far a connector is, in a word; `detail`: what that means for this one. */
export function stateOf({ origin, missing = [], flows }: ConnectorSummary): { lamp: LampState; word: string; detail: string } {
  if (origin === "built-in") return { lamp: "succeeded", word: "Built in", detail: "belongs to the product" };
  if (missing.length > 0) return { lamp: "waiting", word: "Draft", detail: `missing: ${missing.join(", ")}` };
  if (flows > 0) return { lamp: "succeeded", word: "In use", detail: `by ${flows} published ${flows === 1 ? "flow" : "flows"}` };
  return { lamp: "queued", word: "Ready", detail: "nothing is missing to publish it" };
}

/** The state of a connector; what a draft misses follows the word, `brief`ly where there is little room, and whole in the tooltip. */
export function ConnectorState({ connector, brief = false }: { connector: ConnectorSummary; brief?: boolean }) {
  const { lamp, word, detail } = stateOf(connector);
  return (
    <span data-tip={`${word}: ${detail}`} className="flex min-w-0 items-center gap-1.5">
      <State state={lamp} word={word} className="shrink-0" />
      {word === "Draft" && <span className="min-w-0 truncate text-muted">{brief ? briefly(connector.missing) : detail}</span>}
    </span>
  );
}

function briefly([first = "", ...more]: readonly string[] = []): string {
  return more.length > 0 ? `needs ${first} +${more.length}` : `needs ${first}`;
}
