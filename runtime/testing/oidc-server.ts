import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { AppError } from "../../shared/app-error.ts";

/** A real OAuth 2 and OpenID server on loopback: every refresh token is good for one use, and a second use ends the whole grant. */
export type OidcServer = {
  issuer: string;
  /** `host:port`, as in the guard's allow list. */
  host: string;
  /** Requests to the token endpoint by their grant type, in order. */
  tokenCalls: string[];
  /** What a person does in the browser: signs in as `login` and agrees, or refuses. Gives where they are sent with the answer. */
  signIn(authorizationUrl: string, login: string, options?: { refuse?: boolean }): Promise<URL>;
  /** Ends every grant, as when a person takes back their leave. */
  revokeAll(): Promise<void>;
  close(): Promise<void>;
};

type ClientOptions = { redirectUri: string; clientAuthentication?: "client_secret_basic" | "client_secret_post" };
export const oidcClient = { clientId: "patchbay", clientSecret: "provider-secret-1" };

export async function startOidcServer({ redirectUri, clientAuthentication }: ClientOptions): Promise<OidcServer> {
  const tokenCalls: string[] = [];
  const grants: { destroy(): Promise<void> }[] = [];
  let handle: ReturnType<Provider["callback"]> | null = null;
  const server = createServer((request, response) => void handle?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an address object.
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: oidcClient.clientId,
        client_secret: oidcClient.clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token", "client_credentials"],
        token_endpoint_auth_method: clientAuthentication ?? "client_secret_basic",
        scope: "openid profile offline_access api",
      },
    ],
    scopes: ["openid", "profile", "offline_access", "api"],
    claims: { profile: ["name"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} Lovelace` }) }),
    features: { devInteractions: { enabled: true }, clientCredentials: { enabled: true } },
    pkce: { required: () => false },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 3_600,
      IdToken: 3_600,
      ClientCredentials: 3_600,
      RefreshToken: 86_400,
      Session: 3_600,
      Grant: 86_400,
      Interaction: 600,
    },
    cookies: { keys: ["for tests alone"] },
  });
  provider.on("grant.saved", (grant) => void grants.push(grant));
  provider.use(async (context, next) => {
    await next();
    if (context.path === "/token") tokenCalls.push(String(context.oidc?.params?.grant_type));
  });
  handle = provider.callback();

  return {
    issuer,
    host: `127.0.0.1:${port}`,
    tokenCalls,
    signIn: (url, login, { refuse = false } = {}) => signIn(issuer, { url, login, refuse }),
    async revokeAll() {
      for (const grant of grants.splice(0)) await grant.destroy();
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Follows the provider's redirects and fills its forms in, until it sends the person away. */
async function signIn(issuer: string, { url, login, refuse }: { url: string; login: string; refuse: boolean }): Promise<URL> {
  const cookies = new Map<string, string>();
  let next = new URL(url);
  for (let step = 0; step < 12; step++) {
    if (next.origin !== issuer) return next;
    const interaction = /^\/interaction\/[^/]+$/.test(next.pathname);
    const page = await visit(next, cookies, null);
    if (!interaction) next = locationOf(page, next);
    else if (refuse) next = new URL(`${next.pathname}/abort`, issuer);
    else {
      const prompt = (await page.text()).includes('value="consent"') ? "consent" : "login";
      const fields: Record<string, string> = prompt === "login" ? { prompt, login, password: "any" } : { prompt };
      const target = next;
      next = locationOf(await visit(target, cookies, new URLSearchParams(fields)), target);
    }
  }
  throw new AppError("internal", `the provider has not sent the person away from ${next}`);
}

async function visit(url: URL, cookies: Map<string, string>, form: URLSearchParams | null): Promise<Response> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const answer = await fetch(url, { redirect: "manual", headers: { cookie }, ...(form && { method: "POST", body: form }) });
  for (const set of answer.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (value === "") cookies.delete(name);
    else cookies.set(name, value);
  }
  return answer;
}

function locationOf(answer: Response, from: URL): URL {
  const location = answer.headers.get("location");
  if (location === null) throw new AppError("internal", `the provider answered ${answer.status} at ${from.pathname}`);
  return new URL(location, from);
}
