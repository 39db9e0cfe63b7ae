import { AppError } from "../../shared/app-error.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";

/**
 * Holds credentials to the base URL that was on the screen when they were entered. Throws `conflict` with the one of now in
 * `details.baseUrl`; lets pass what was entered without a screen.
 */
export function requireShownBaseUrl({ name, baseUrl }: ConnectorDraft, shown: string | undefined): void {
  if (shown === undefined || shown === baseUrl) return;
  throw new AppError("conflict", `the base URL of "${name}" was changed meanwhile: look at it before you enter credentials`, {
    details: { baseUrl },
  });
}
