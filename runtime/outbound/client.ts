import type { Agent } from "undici";
import type { Guard } from "./guard.ts";
import { type Sent, send, type WireRequest } from "./send.ts";

export type Client = {
  /** Settles when a call can be sent at once. */
  ready(): Promise<unknown>;
  send(request: WireRequest): Promise<Sent>;
  close(): Promise<void>;
  destroy(): Promise<void>;
};

/** The one pool of connections of this process. Loaded by the first call, because start-up must not pay for it. */
export function createClient(guard: Guard): Client {
  let opening: Promise<Agent> | null = null;
  let agent: Agent | null = null;

  async function open(): Promise<Agent> {
    const { Agent, buildConnector } = await import("undici");
    agent = new Agent({
      connect: guard.connector(buildConnector),
      allowH2: false,
      connections: 256,
      pipelining: 1,
      maxHeaderSize: 32 * 1024,
    });
    return agent;
  }

  function ready(): Promise<Agent> {
    opening ??= open();
    return opening;
  }

  return {
    ready,
    async send(request) {
      return send(agent ?? (await ready()), request);
    },
    async close() {
      if (opening) await (await opening).close();
    },
    async destroy() {
      if (opening) await (await opening).destroy();
    },
  };
}
