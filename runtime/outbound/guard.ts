import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { buildConnector } from "undici";
import { AppError } from "../../shared/app-error.ts";
import { isPublicAddress } from "./public-address.ts";

/** Why no packet may leave: `reason` is http, port, egress or host. */
export type Refusal = { reason: string; message: string };

/** All addresses of a name, as `dns.lookup` with `all: true` gives them. */
export type ResolveAll = (
  hostname: string,
  done: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => void;

/**
 * Where calls may go. `allowedHttpHosts` are the operator's `host:port` exceptions: they alone may be plain http, have any port and
 * resolve to an address that is otherwise blocked.
 */
export type Guard = {
  /** Judges scheme, port, host name and a literal address. Names are judged again, by address, when the connection is made. */
  refuse(url: URL): Refusal | null;
  /** Wraps undici's connector: connects only to addresses that were checked in that very lookup (no time for DNS rebinding). */
  connector(build: typeof buildConnector): buildConnector.connector;
};

const usualPorts = new Set(["443", "8443", "80", "8080"]);

export function createGuard(allowedHttpHosts: string[], resolveAll: ResolveAll = resolveBySystem): Guard {
  const allowed = new Set(allowedHttpHosts.map(hostAndPort));

  function refuse(url: URL): Refusal | null {
    if (allowed.has(`${url.hostname}:${portOf(url)}`) && (url.protocol === "http:" || url.protocol === "https:")) return null;
    if (url.protocol !== "https:")
      return {
        reason: "http",
        message: `the base URL must use https, not ${url.protocol.slice(0, -1)} (seen elsewhere as "Request Timeout"): nothing was sent`,
      };
    if (!usualPorts.has(portOf(url))) return { reason: "port", message: `port ${portOf(url)} is not allowed` };
    return refuseHost(url.hostname);
  }

  function connector(build: typeof buildConnector): buildConnector.connector {
    // HTTP/1.1 only: with one request per connection it is known whether a request was sent.
    const options = { allowH2: false, timeout: 10_000 };
    const open = build(options);
    const guarded = build({ ...options, lookup: guardedLookup(resolveAll) });
    return (target, done) => {
      const port = target.port || (target.protocol === "https:" ? "443" : "80");
      const hostname = target.hostname.includes(":") ? `[${target.hostname}]` : target.hostname;
      if (allowed.has(`${hostname}:${port}`)) return open(target, done);
      // No lookup is made for a literal address, so it is judged here.
      const refusal = refuseHost(hostname);
      return refusal ? done(egressError(refusal.message), null) : guarded(target, done);
    };
  }

  return { refuse, connector };
}

/** The refusal inside an error that a connection ended with, if it was the guard's. */
export function refusalIn(error: unknown): Refusal | null {
  if (!(error instanceof AppError) || error.details?.reason !== "egress") return null;
  return { reason: "egress", message: error.message };
}

/** `hostname` as WHATWG URL gives it, so `127.1`, `0x7f.1` or full-width digits are already 127.0.0.1. */
function refuseHost(hostname: string): Refusal | null {
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  if (isIP(bare)) {
    return isPublicAddress(bare) ? null : { reason: "egress", message: `${bare} is not a public address` };
  }
  const name = bare.replace(/\.$/, "");
  // RFC 6761 and RFC 6762: names that never belong to the public internet, and cloud metadata services.
  return /(^|\.)(localhost|local|internal)$/.test(name) ? { reason: "egress", message: `"${name}" is not a public host` } : null;
}

function guardedLookup(resolveAll: ResolveAll): LookupFunction {
  return (hostname, options, done) => {
    resolveAll(hostname, (error, addresses) => {
      if (error) return done(error, []);
      // One bad address refuses all: a name that mixes both is an attack or a mistake.
      const bad = addresses.find(({ address }) => !isPublicAddress(address));
      if (bad) return done(egressError(`"${hostname}" resolves to ${bad.address}, which is not a public address`), []);
      const [first] = addresses;
      if (!first) return done(egressError(`"${hostname}" has no address`), []);
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}

function resolveBySystem(...[hostname, done]: Parameters<ResolveAll>): void {
  systemLookup(hostname, { all: true }, done);
}

function egressError(message: string): AppError {
  return new AppError("forbidden", message, { details: { reason: "egress" } });
}

function portOf(url: URL): string {
  return url.port || (url.protocol === "https:" ? "443" : "80");
}

/** Normalises an operator's `host:port` as URLs are: lower case, IPv6 in brackets. */
function hostAndPort(entry: string): string {
  const url = URL.canParse(`http://${entry}`) ? new URL(`http://${entry}`) : null;
  if (url?.pathname !== "/" || !/:\d+$/.test(entry))
    throw new AppError("config", `allowed http host "${entry}" must be host:port, e.g. 127.0.0.1:8421`);
  return `${url.hostname}:${portOf(url)}`;
}
