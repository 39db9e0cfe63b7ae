import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An answer that is no success, with the vendor's documented words. */
export type Problem = { status: ContentfulStatusCode; error: string; message?: string; details?: Record<string, string[]> };

/** Both error bodies seen in the field in one: `responseCode` and `message` of the samples, `statusCode` and `error` of traces. */
export function problemAnswer(c: Context, { status, error, message, details }: Problem): Response {
  return c.json(
    { success: false, statusCode: status, responseCode: status, error, message: message ?? error, ...details },
    status,
  );
}

const bad = (error: string): Problem => ({ status: 400, error });

/** The documented texts, word for word. */
export const problems = {
  malformedJson: bad("Request body has malformed JSON"),
  insufficient: bad("There is insufficient information for this request"),
  missingOutputFields: bad("Missing outputFields parameter"),
  tooManyInputs: bad("Exceeded the max limit to enrich new Contacts or Companies"),
  pageNotNumber: bad("Page number (page) is not a number"),
  pageTooHigh: bad("Page number (page) requested is greater than the available results"),
  rppNotNumber: bad("Results per page (rpp) is not a number"),
  rppTooHigh: bad("Results per page (rpp) is over max allowed value (100)"),
  paginationTooHigh: bad("Total record pagination is over max allowed value (1000)"),
  sortByInvalid: bad("The parameter passed for sortBy is invalid"),
  invalidFields: (fields: string[], message?: string): Problem => ({
    ...bad("There are invalid fields in your request"),
    ...(message && { message }),
    details: { invalidInputFields: fields },
  }),
  invalidOutputFields: (fields: string[]): Problem => ({
    ...bad("There are invalid fields in your request"),
    details: { invalidOutputFields: fields },
  }),
  unauthorized: { status: 401, error: "Authentication failed" },
  noPermission: { status: 403, error: "You do not have permission to access the ZoomInfo API" },
  unknownEndpoint: { status: 404, error: "Not Found" },
  /** The documents have no text for it. */
  unknownWebhook: { status: 404, error: "There is no such webhook" },
  unexpected: {
    status: 500,
    error:
      "An unexpected error has occurred. Please try again and if this continues to occur, please contact us and reference the error id provided above",
  },
} satisfies Record<string, Problem | ((...fields: never[]) => Problem)>;
