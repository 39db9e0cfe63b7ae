const reserved =
  /^(?:content-length|transfer-encoding|connection|set-cookie2?|content-encoding|access-control-.*|content-security-policy|clear-site-data|refresh)$/i;

/** A header that frames the message, or would speak for our origin: what answers a sender may not set it, whoever describes it. */
export function isReservedHeader(name: string): boolean {
  return reserved.test(name);
}
