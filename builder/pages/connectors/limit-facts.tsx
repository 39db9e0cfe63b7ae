import type { RateLimit } from "../../../shared/connector/rate-limit.ts";
import { Fact, Facts } from "../../ui/facts.tsx";
import { limitWords } from "./limit-rows.ts";

/** Rate limits for somebody who may not change them: facts, not fields. */
export function LimitFacts({ limits }: { limits: readonly RateLimit[] }) {
  if (limits.length === 0) return <p className="text-muted text-sm">None are declared: calls are sent at once.</p>;
  return (
    <Facts>
      {limits.map((limit) => (
        <Fact key={limit.group ?? ""} name={limit.group ? `Group ${limit.group}` : "Calls without a group"}>
          {limitWords(limit)}
        </Fact>
      ))}
    </Facts>
  );
}
