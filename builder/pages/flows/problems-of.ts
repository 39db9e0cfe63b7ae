import type { FlowProblem } from "../../../shared/flow/validate-flow.ts";
import { ApiError } from "../../api/api-error.ts";

/** The problems of a draft that the server named; it knows more than the page: connections that are gone, connectors that are unfinished. */
export function problemsOf(error: Error | null): FlowProblem[] | null {
  if (!(error instanceof ApiError) || error.code !== "invalid_document") return null;
  const problems = error.details?.problems;
  return Array.isArray(problems) ? (problems as FlowProblem[]) : null;
}
