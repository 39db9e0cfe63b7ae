const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** Headers that frame the message or belong to one hop: set by the client alone (RFC 9110, 7.6.1; request smuggling). */
export const framingHeaders: ReadonlySet<string> = new Set(
  "connection content-length expect host http2-settings keep-alive proxy-authorization proxy-connection te trailer transfer-encoding upgrade".split(
    " ",
  ),
);

/** Why a connector may not send a header of this name (RFC 9110, 5.1), or null. */
export function headerNameProblem(name: string): string | null {
  if (!headerName.test(name)) return `"${name}" is not a header name: it has letters, digits and hyphens, at most 128`;
  return framingHeaders.has(name.toLowerCase()) ? `the header "${name}" belongs to the connection and cannot be set` : null;
}
