import type { ConnectorSummary } from "../../../shared/api/connectors.ts";
import { Badge } from "../../ui/badge.tsx";
import { type LampState, State } from "../../ui/lamp.tsx";

export type ConnectorStanding = {
  lamp: LampState;
  word: string;
  /** What the word means for this one. */
  detail: string;
  /** What its draft misses before it can be published. */
  missing: readonly string[];
  /** Where it is in the marketplace, in a word or two. */
  market: readonly string[];
};

/** How far a connector is. What flows can use counts for more than what is still being written. */
export function standingOf(connector: ConnectorSummary): ConnectorStanding {
  const { origin, missing = [], inReview = false, listed = false } = connector;
  const market = [...(listed ? ["Published"] : []), ...(inReview ? ["In review"] : [])];
  return { ...progressOf(connector), missing: origin === "built-in" ? [] : missing, market };
}

function progressOf({
  origin,
  missing = [],
  flows,
  installed,
}: ConnectorSummary): Pick<ConnectorStanding, "lamp" | "word" | "detail"> {
  if (origin === "built-in") return { lamp: "succeeded", word: "Built in", detail: "belongs to the product" };
  if (flows > 0) return { lamp: "succeeded", word: "In use", detail: `by ${flows} published ${flows === 1 ? "flow" : "flows"}` };
  if (installed !== undefined)
    return { lamp: "succeeded", word: "Added", detail: `flows of this workspace can use version ${installed}` };
  if (missing.length > 0) return { lamp: "waiting", word: "Draft", detail: "no flow can use it yet" };
  return { lamp: "queued", word: "Ready", detail: "nothing is missing to publish it" };
}

const marketDetail: Record<string, string> = {
  Published: "the marketplace lists it",
  "In review": "a version waits for the marketplace’s review",
};

/** The state of a connector; what its draft misses follows, `brief`ly where there is little room, and everything is in the tooltip. */
export function ConnectorState({ connector, brief = false }: { connector: ConnectorSummary; brief?: boolean }) {
  const { lamp, word, detail, missing, market } = standingOf(connector);
  const needs = missing.length === 0 ? [] : [brief ? briefly(missing) : `needs ${missing.join(", ")}`];
  const whole = [
    `${word}: ${detail}`,
    ...market.map((place) => `${place}: ${marketDetail[place]}`),
    ...(missing.length > 0 ? [`Draft needs: ${missing.join(", ")}`] : []),
  ];
  return (
    <span data-tip={whole.join(". ")} className="flex min-w-0 items-center gap-1.5">
      <State state={lamp} word={word} className="shrink-0" />
      {market.map((place) => (
        <Badge key={place} tone={place === "Published" ? "accent" : "neutral"}>
          {place}
        </Badge>
      ))}
      {needs.map((text) => (
        <span key={text} className="min-w-0 truncate text-muted">
          {text}
        </span>
      ))}
    </span>
  );
}

function briefly([first = "", ...more]: readonly string[]): string {
  return more.length > 0 ? `needs ${first} +${more.length}` : `needs ${first}`;
}
