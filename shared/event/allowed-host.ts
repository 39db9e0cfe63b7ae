const label = /^[a-z0-9-]{3,63}$/;

/**
 * Is a host (lower-case, as the URL standard gives it) one of `hosts`? An entry that begins with a dot also means every host below it.
 * `*` is one whole label of at least three characters: `sns.*.amazonaws.com` is each region of SNS and nobody's bucket at
 * `sns.s3.amazonaws.com` (the rule of Amazon's own validators).
 */
export function isAllowedHost(host: string, hosts: readonly string[]): boolean {
  return hosts.some((entry) => {
    const allowed = entry.toLowerCase();
    if (allowed.startsWith(".")) return host.endsWith(allowed) && host.length > allowed.length;
    const [wanted, given] = [allowed.split("."), host.split(".")];
    return wanted.length === given.length && wanted.every((part, index) => isLabel(part, given[index] ?? ""));
  });
}

function isLabel(wanted: string, given: string): boolean {
  return wanted === "*" ? label.test(given) : wanted === given;
}
