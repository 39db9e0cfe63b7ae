import type { RefusalReason } from "../../../shared/event/signature-recipe.ts";

/** A refusal's reason as a heading; the server's explanation says what to check. */
export const refusalWords: Record<RefusalReason, string> = {
  secret_missing: "No secret is set",
  missing_header: "A required header is missing",
  missing_value: "A required value is missing",
  wrong_content_type: "The content type is not taken",
  duplicate_header: "A header was sent twice",
  header_too_long: "A header is too long",
  too_many_items: "Too many signatures in one value",
  bad_prefix: "The signature lacks its prefix",
  bad_encoding: "The signature cannot be decoded",
  bad_timestamp: "The timestamp cannot be read",
  timestamp_too_old: "The timestamp is too old",
  timestamp_in_future: "The timestamp is in the future",
  signature_mismatch: "The signature does not match",
  body_hash_mismatch: "The body was changed on the way",
  token_mismatch: "The token does not match",
  bad_token: "The token is not one that is taken",
  certificate_refused: "The certificate is not taken",
  certificate_unavailable: "The certificate could not be fetched",
  batch_unreadable: "The list of events cannot be read",
  challenge_refused: "The challenge was refused",
};
