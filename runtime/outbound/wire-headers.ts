import manifest from "../../package.json" with { type: "json" };
import type { RequestToSend } from "../../shared/connector/build-request.ts";
import { framingHeaders } from "../../shared/connector/header-name.ts";
import { acceptedEncodings } from "./read-body.ts";

/** Some APIs (ZoomInfo) answer 403 to a request without one. */
const userAgent = `Patchbay/${manifest.version}`;

/**
 * All headers of a call, names and values in turn: ours (`contentType`: of the body, if there is one), those of the request, then
 * `extra` (idempotency key, token), which win. A header that is not allowed or holds CR, LF, NUL or non-ASCII text is a problem.
 */
export function wireHeaders(
  request: Pick<RequestToSend, "headers">,
  contentType: string | null,
  extra: Record<string, string>,
): { headers: string[] } | { problem: string } {
  const all: Record<string, string> = { "user-agent": userAgent, accept: "application/json" };
  if (contentType !== null) all["content-type"] = contentType;
  for (const given of [request.headers, extra])
    for (const name in given) {
      if (framingHeaders.has(name.toLowerCase())) return { problem: `the header "${name}" cannot be set` };
      all[name.toLowerCase()] = given[name] ?? "";
    }
  // Last, because an answer in any other encoding could not be read.
  all["accept-encoding"] = acceptedEncodings;
  const headers: string[] = [];
  for (const name in all) {
    const value = all[name] ?? "";
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return { problem: `"${name}" is not a header name` };
    // The value is not shown: it may be a credential.
    if (!/^[\t\x20-\x7e]*$/.test(value)) return { problem: `the header "${name}" has a character that no header may hold` };
    headers.push(name, value);
  }
  return { headers };
}
