import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import { limitOf, type RateLimit } from "../../../shared/connector/rate-limit.ts";
import { Fact, Facts } from "../../ui/facts.tsx";
import { limitWords } from "./limit-rows.ts";

const effects = {
  read: "Read: it changes nothing",
  idempotent: "Idempotent: repeating it changes nothing more",
  unsafe: "Unsafe: each call acts again",
} as const;

const pages = {
  cursor: "By cursor",
  offset: "By offset",
  page: "By page number",
  link: "By the Link header",
} as const;

/** An endpoint for somebody who may not change it: facts, not fields. */
export function EndpointFacts({ endpoint, limits }: { endpoint: Endpoint; limits: RateLimit[] | undefined }) {
  const { method, path, description, billed, limitGroup } = endpoint;
  const limit = limitOf(limits, limitGroup);
  return (
    <Facts>
      <Fact name="Request">
        <code className="font-mono text-xs">
          {method} {path}
        </code>
      </Fact>
      {description && <Fact name="Description">{description}</Fact>}
      <Fact name="Effect of a call">{effects[effectOf(endpoint)]}</Fact>
      {limit && <Fact name="Rate limit">{limit.group ? `${limit.group}: ${limitWords(limit)}` : limitWords(limit)}</Fact>}
      {endpoint.pagination && <Fact name="Pagination">{pages[endpoint.pagination.kind]}</Fact>}
      {billed && <Fact name="Cost">Calls of it cost money or credits.</Fact>}
    </Facts>
  );
}
