import { AppError } from "../../shared/app-error.ts";
import { type AuthScheme, credentialFields } from "../../shared/connector/auth-scheme.ts";

/** Throws `bad_request` that names each field which is unknown, empty, or missing (unless `known` has it). */
export function checkCredentials(auth: AuthScheme, given: Record<string, string>, known: Record<string, string> = {}): void {
  const fields = credentialFields(auth);
  const issues: { field: string; message: string }[] = [];
  for (const key of Object.keys(given))
    if (!fields.some((field) => field.key === key))
      issues.push({ field: `credentials.${key}`, message: "the connector has no such field" });
  for (const { key, label, optional } of fields) {
    if (optional) continue;
    const value = Object.hasOwn(given, key) ? given[key] : Object.hasOwn(known, key) ? known[key] : undefined;
    if (value === undefined || value.trim() === "") issues.push({ field: `credentials.${key}`, message: `enter "${label}"` });
  }
  if (issues.length === 0) return;
  const text = issues.map(({ field, message }) => `${field}: ${message}`).join("; ");
  throw new AppError("bad_request", text, { details: { issues } });
}

/** The values that are no secret, to be shown. `credentials`: what was entered as such, never what was entered as a secret. */
export function openValues(auth: AuthScheme, credentials: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    credentialFields(auth).flatMap(({ key, secret }) =>
      secret || !Object.hasOwn(credentials, key) ? [] : [[key, credentials[key] ?? ""]],
    ),
  );
}
