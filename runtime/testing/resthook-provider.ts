import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What a call comes to: done as it should be; done, or not, and then 500 or a broken connection; refused because there is one. */
export type ProviderFault = "none" | "500-before" | "500-after" | "cut-before" | "cut-after" | "conflict";
export type RemoteSubscription = { id: string; url: string; secret: string; events: string; expiresAt: number | null };
type Call = { method: string; path: string; key: string | null };

/** A provider of RESThooks: keeps what was subscribed also when it crashes, and posts signed events to it. */
export type RestHookProvider = {
  url: string;
  host: string;
  subscriptions(): RemoteSubscription[];
  calls: Call[];
  /** Decides what each call comes to. */
  onCall(decide: (call: Call) => ProviderFault): void;
  /** As a subscribe call would. */
  subscribe(asked: { url: string; secret: string }): Promise<void>;
  /** As if somebody had deleted it at the provider. */
  forget(id: string): void;
  /** While a subscribe call is under way, before it is answered. */
  beforeAnswer(hook: ((subscription: RemoteSubscription) => Promise<void>) | null): void;
  /** Posts an event once, signed as `x-hook-signature` (hex HMAC-SHA256 of the body); gives the status. */
  post(subscription: RemoteSubscription, event: object): Promise<number>;
  /** Posts it again and again at its times (ms after the last try) until it is taken; on 410 it forgets the subscription. */
  deliver(subscription: RemoteSubscription, event: object, wait: (ms: number) => Promise<void>): Promise<number[]>;
  close(): Promise<void>;
};

/** Svix's published schedule, the longest of those that senders document. */
export const redeliveryMs = [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000];

type Options = {
  /** A second subscription of the same URL is answered with 409. */
  oneEach?: boolean;
  /** The provider makes the secret and answers it. */
  ownSecrets?: boolean;
  port?: number;
  /** Answers each call instead. */
  answer?(call: Call, body: string): { status: number; body: object; headers?: Record<string, string> };
};

export async function startRestHookProvider(options: Options = {}): Promise<RestHookProvider> {
  const { oneEach = false, ownSecrets = false, port = 0 } = options;
  const known = new Map<string, RemoteSubscription>();
  const calls: Call[] = [];
  let decide: (call: Call) => ProviderFault = () => "none";
  let meanwhile: ((subscription: RemoteSubscription) => Promise<void>) | null = null;
  let made = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const call = {
      method: request.method ?? "",
      path: request.url ?? "",
      key: request.headers["idempotency-key"]?.toString() ?? null,
    };
    calls.push(call);
    const fault = decide(call);
    if (fault === "cut-before") return void request.socket.destroy();
    if (fault === "500-before") return answer(response, 500, { error: "try again" });
    if (fault === "conflict") return answer(response, 409, { error: "there is one already" });
    const own = options.answer?.(call, body);
    if (own) return answer(response, own.status, own.body, own.headers);
    const [status, said, headers] = await act(call, body);
    if (fault === "cut-after") return void request.socket.destroy();
    if (fault === "500-after") return answer(response, 500, { error: "try again" });
    answer(response, status, said, headers);
  }

  async function act({ method, path }: Call, body: string): Promise<[number, object | null, Record<string, string>?]> {
    const id = /^\/subscriptions\/([^/?]+)$/.exec(path)?.[1];
    if (method === "GET" && path === "/subscriptions") return [200, { items: [...known.values()].map(withoutSecret) }];
    if (method === "POST" && path === "/subscriptions") return add(JSON.parse(body));
    const found = id === undefined ? undefined : known.get(id);
    if (!found) return [404, { error: "there is none" }];
    if (method === "DELETE") {
      known.delete(found.id);
      return [204, null];
    }
    if (method === "PATCH") {
      found.expiresAt = Date.parse(JSON.parse(body).expiresAt);
      return [200, withoutSecret(found)];
    }
    return [405, null];
  }

  async function add(asked: {
    url: string;
    secret?: string;
    events?: string;
    expiresAt?: string;
  }): Promise<[number, object, Record<string, string>?]> {
    if (oneEach && [...known.values()].some(({ url }) => url === asked.url)) return [409, { error: "there is one already" }];
    made += 1;
    const secret = ownSecrets ? `provider-secret-${made}` : (asked.secret ?? "");
    const subscription: RemoteSubscription = {
      id: `sub-${made}`,
      url: asked.url,
      secret,
      events: asked.events ?? "",
      expiresAt: asked.expiresAt ? Date.parse(asked.expiresAt) : null,
    };
    known.set(subscription.id, subscription);
    await meanwhile?.(subscription);
    return [
      201,
      { ...withoutSecret(subscription), ...(ownSecrets && { secret }) },
      { location: `/subscriptions/${subscription.id}` },
    ];
  }

  async function post({ url, secret }: RemoteSubscription, event: object): Promise<number> {
    const body = JSON.stringify(event);
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", "x-hook-signature": signature },
    });
    await response.arrayBuffer();
    return response.status;
  }

  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  // A listening TCP server has an address object.
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    host: `127.0.0.1:${address.port}`,
    calls,
    subscriptions: () => [...known.values()],
    onCall: (next) => {
      decide = next;
    },
    subscribe: async (asked) => void (await add(asked)),
    forget: (id) => void known.delete(id),
    beforeAnswer: (hook) => {
      meanwhile = hook;
    },
    post,
    async deliver(subscription, event, wait) {
      const statuses: number[] = [];
      for (const pause of [0, ...redeliveryMs]) {
        if (pause > 0) await wait(pause);
        const status = await post(subscription, event);
        statuses.push(status);
        if (status === 410) known.delete(subscription.id);
        if (status < 300 || status === 410) break;
      }
      return statuses;
    },
    close: () => closed(server),
  };
}

function withoutSecret({ secret: _, expiresAt, ...rest }: RemoteSubscription): object {
  return { ...rest, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() };
}

function answer(response: ServerResponse, status: number, body: object | null, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === null ? undefined : JSON.stringify(body));
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
