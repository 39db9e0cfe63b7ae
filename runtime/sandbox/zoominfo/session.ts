import { createHash, createHmac, createPublicKey, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";

/** The sandbox's only login. Public on purpose: there is nothing behind it but invented data. */
export const sandboxCredentials = { username: "sandbox@example.com", password: "sandbox-password" };

const lifeMs = 3_600_000;
/** Fixed, so that a token outlives a restart and several sandboxes accept each other's. It guards nothing. */
const signingKey = "patchbay zoominfo sandbox";

/**
 * `POST /authenticate`: user name and password as JSON or as a form, or a client's own JWT in the Authorization header (PKI), give
 * `{"success":true,"jwt":…}`, good for an hour; anything else is 401 with a text. `clientKey`: the public key that clients sign with.
 */
export async function authenticate(c: Context, { now, clientKey }: { now: number; clientKey: string | null }): Promise<Response> {
  const [, clientJwt] = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  if (clientJwt !== undefined) {
    const username = clientKey === null ? null : await clientOf(clientJwt, { now, clientKey });
    return username === null
      ? c.text("Error getting jwt info", 401)
      : c.json({ success: true, jwt: issueToken(username, now) }, 200);
  }
  const { username, password } = await readLogin(c);
  const known = same(username, sandboxCredentials.username) && same(password, sandboxCredentials.password);
  return known ? c.json({ success: true, jwt: issueToken(username, now) }, 200) : c.text("Authentication failed", 401);
}

/** The user whom a client's JWT names when it is signed with the key that was registered, for us, and lasts five minutes at most. */
async function clientOf(jwt: string, { now, clientKey }: { now: number; clientKey: string }): Promise<string | null> {
  // Few come this way, so the start need not pay for it.
  const { jwtVerify } = await import("jose");
  try {
    const { payload } = await jwtVerify(jwt, createPublicKey(clientKey), {
      algorithms: ["RS256"],
      audience: "enterprise_api",
      requiredClaims: ["iss", "username", "client_id", "iat", "exp"],
      // Of a JWT that was backdated by some minutes, as the vendor's own clients do.
      maxTokenAge: 300,
      currentDate: new Date(now),
    });
    const { username, iat = 0, exp = 0 } = payload;
    return typeof username === "string" && username !== "" && exp - iat <= 300 ? username : null;
  } catch {
    // Whatever is wrong with it: the vendor does not say either.
    return null;
  }
}

/** The user name in a valid token of ours in an Authorization header; null for anything else. */
export function accountOf(authorization: string | undefined, now: number): string | null {
  const [, header, payload, signature] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? "") ?? [];
  if (!header || !payload || !signature || !same(signature, sign(`${header}.${payload}`))) return null;
  // Only what we signed gets here, so it is JSON with these claims.
  const { exp, username } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { exp: number; username: string };
  return now < exp * 1_000 ? username : null;
}

function issueToken(username: string, now: number): string {
  const iat = Math.floor(now / 1_000);
  const claims = { aud: "enterprise_api", iss: "zoominfo-sandbox", username, iat, exp: iat + lifeMs / 1_000 };
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${content}.${sign(content)}`;
}

async function readLogin(c: Context): Promise<{ username: string; password: string }> {
  const text = await c.req.text();
  const form = c.req.header("content-type")?.startsWith("application/x-www-form-urlencoded");
  const fields = form ? Object.fromEntries(new URLSearchParams(text)) : parseObject(text);
  const field = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  return { username: field("username"), password: field("password") };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Unreadable credentials are wrong credentials.
    return {};
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(content: string): string {
  return createHmac("sha256", signingKey).update(content).digest("base64url");
}

/** Compares digests, which have one length, so that the time tells nothing. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
