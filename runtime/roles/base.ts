import { createLoadConnection, type LoadConnection } from "../connections/load-connection.ts";
import { createTokenStore } from "../connections/token-store.ts";
import { createLoadVersion, type LoadVersion } from "../flows/load-version.ts";
import { type CallDepth, createCallDepth } from "../outbound/call-depth.ts";
import { createOutbound, type Outbound } from "../outbound/call-endpoint.ts";
import { createResolveLink, type ResolveLink } from "../trial/resolve-link.ts";
import type { Foundation } from "./foundation.ts";

/** What API nodes and workers have alike, besides the database: the versions of flows, and calls to outside APIs. */
export type Base = Foundation & {
  /** Base URLs of the sandboxes that this process can reach, by name. */
  sandboxes: Record<string, string>;
  outbound: Outbound;
  callDepth: CallDepth;
  loadVersion: LoadVersion;
  loadConnection: LoadConnection;
  resolveLink: ResolveLink;
};

/** `sandboxUrl`: null where there is no sandbox to be reached. */
export function createBase(foundation: Foundation, sandboxUrl: string | null): Base {
  const { config, pair, sql, clock, vault } = foundation;
  const callDepth = createCallDepth({ vault, publicUrl: config.publicUrl });
  const sandboxes: Record<string, string> = sandboxUrl === null ? {} : { zoominfo: sandboxUrl };
  const outbound = createOutbound({
    clock,
    allowedHttpHosts: [...config.allowedHttpHosts, ...Object.values(sandboxes).map(hostAndPort)],
    sandboxes,
    tokens: createTokenStore(foundation),
    lease: pair.lease,
    governor: pair.governor,
    callDepth,
  });
  return {
    ...foundation,
    sandboxes,
    outbound,
    callDepth,
    loadVersion: createLoadVersion(sql),
    loadConnection: createLoadConnection(foundation),
    resolveLink: createResolveLink({ outbound, clock, sandboxes }),
  };
}

function hostAndPort(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
