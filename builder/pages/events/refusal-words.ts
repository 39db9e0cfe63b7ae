import type { RefusalReason } from "../../../shared/event/signature-recipe.ts";

/** A refusal's reason as a heading; the server's explanation says what to check. */
export const refusalWords: Record<RefusalReason, string> = {
  secret_missing: "No secret is set",
  missing_header: "A required header is missing",
  duplicate_header: "A header was sent twice",
  header_too_long: "A header is too long",
  bad_prefix: "The signature lacks its prefix",
  bad_encoding: "The signature cannot be decoded",
  bad_timestamp: "The timestamp cannot be read",
  timestamp_too_old: "The timestamp is too old",
  timestamp_in_future: "The timestamp is in the future",
  signature_mismatch: "The signature does not match",
};
