import { type LinkOption, type LinkOptions, sentSearch } from "../../shared/connector/parameter-link.ts";
import type { FailedCall } from "./fetch-list.ts";
import type { LinkQuestion, ResolvedLink } from "./resolve-link.ts";

/** The answer that people get: a list that the API has not searched is searched here. */
export function shownOptions(
  resolved: ResolvedLink,
  { parameter: { link }, search }: Pick<LinkQuestion, "parameter" | "search">,
): LinkOptions {
  if (resolved.outcome === "failed") return { outcome: "failed", ...failureOf(resolved.call) };
  if (resolved.outcome !== "listed") return resolved;
  const { chosen, ...listed } = resolved;
  const searched = link?.kind === "dynamic" && sentSearch(link, search) !== "";
  return {
    ...listed,
    options: searched ? listed.options : matching(listed.options, search),
    ...(chosen && "option" in chosen && { chosen: chosen.option }),
  };
}

function failureOf(call: FailedCall) {
  const headers: Record<string, string> = "headers" in call ? call.headers : {};
  const requestId = headers["x-request-id"] ?? headers["request-id"] ?? headers["x-correlation-id"];
  return {
    status: "status" in call ? call.status : null,
    message: call.message,
    retryAfterMs: "retryAfterMs" in call ? (call.retryAfterMs ?? null) : null,
    ...reasonOf(call),
    ...(requestId !== undefined && { requestId: requestId.slice(0, 200) }),
  };
}

function reasonOf({ outcome }: FailedCall): { reason?: "unauthorized" | "rate-limited" } {
  if (outcome === "unauthorized") return { reason: outcome };
  // Our own governor makes people wait for the same reason as the API would.
  return outcome === "rate-limited" || outcome === "over-quota" ? { reason: "rate-limited" } : {};
}

function matching(options: LinkOption[], search: string): LinkOption[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") return options;
  return options.filter(({ label, value }) => `${label} ${String(value)}`.toLowerCase().includes(wanted));
}
