import type { Clock } from "../ids.ts";
import type { FetchFile } from "../outbound/fetch-file.ts";

/** The certificate (PEM) at a URL whose host was found to be allowed; null when it cannot be had now. */
export type Certificates = (url: URL) => Promise<string | null>;

const mostBytes = 65_536;
const mostKept = 100;
const keptMs = 3_600_000;
/** So that a provider's outage is not made worse, and a flood of names costs one fetch each. */
const failedMs = 10_000;
const fetchWithinMs = 5_000;
const mostAtATime = 4;

/** Fetches certificates that deliveries name (AWS SNS, PayPal), through the guarded client, and keeps them for an hour. */
export function createCertificates({ fetchFile, clock }: { fetchFile: FetchFile; clock: Clock }): Certificates {
  const known = new Map<string, { until: number; loading: Promise<string | null> }>();
  let fetching = 0;

  async function load(href: string): Promise<string | null> {
    if (fetching >= mostAtATime) return null;
    fetching += 1;
    const fetched = await fetchFile(href, { maxBytes: mostBytes, signal: AbortSignal.timeout(fetchWithinMs) });
    fetching -= 1;
    return fetched.outcome === "fetched" ? fetched.bytes.toString("latin1") : null;
  }

  return ({ href }) => {
    const now = clock();
    const found = known.get(href);
    if (found && now < found.until) return found.loading;
    const entry = { until: now + keptMs, loading: load(href) };
    known.delete(href);
    known.set(href, entry);
    for (const oldest of known.keys()) {
      if (known.size <= mostKept) break;
      known.delete(oldest);
    }
    entry.loading.then((pem) => {
      if (pem === null) entry.until = clock() + failedMs;
    });
    return entry.loading;
  };
}
