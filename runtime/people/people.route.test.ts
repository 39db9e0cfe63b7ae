import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { statusOf } from "../../shared/api/errors.ts";
import { AppError, type ErrorCode } from "../../shared/app-error.ts";
import { createIds } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { createGuard } from "./guard.ts";
import { createInvitations } from "./invitations.ts";
import { createPasswords, type Passwords } from "./passwords.ts";
import { peopleRoutes } from "./people.route.ts";
import { createSessions } from "./sessions.ts";
import { createSetup } from "./setup.ts";
import { createSignInLimiter } from "./sign-in-limiter.ts";

const day = 86_400_000;
const publicUrl = "https://patchbay.example";
const ours = { "X-Patchbay-Request": "1" };
const admin = { name: " Ada ", email: "Ada@Example.com", password: "correct horse" };

let database: TestDatabase;
let people: ReturnType<typeof build>;

beforeEach(async () => {
  database = await openTestDatabase();
  people = build({});
});
afterEach(() => database.close());

describe("set-up", () => {
  it("is needed until its one-time token has made an administrator, who is then signed in", async () => {
    const token = await people.setup.issueToken();
    expect(await json(await get("/setup"))).toEqual({ needed: true });
    const done = await post("/setup", { ...admin, token });
    const session = await json(done);
    expect(session).toEqual({
      person: { id: expect.stringMatching(/^usr_/), name: "Ada", email: "ada@example.com", role: "administrator" },
      workspace: { id: expect.stringMatching(/^wsp_/), name: "Workspace" },
    });
    expect(done.headers.get("set-cookie")).toMatch(
      /^patchbay_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(await json(await get("/session", cookieOf(done)))).toEqual(session);
    expect(await json(await get("/setup"))).toEqual({ needed: false });
    expect(await people.setup.issueToken()).toBeNull();
  });

  it("gives the administrator the workspace that is there already", async () => {
    const row = { text: "INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)", params: ["wsp_first", "Acme", 1] };
    await database.pair.sql.commit([row]);
    const session = await json(await post("/setup", { ...admin, token: await people.setup.issueToken() }));
    expect(session.workspace).toEqual({ id: "wsp_first", name: "Acme" });
  });

  it.each(["x", "A".repeat(43)])("refuses the token %j before it hashes a password", async (token) => {
    await people.setup.issueToken();
    expect(await problem(post("/setup", { ...admin, token }))).toEqual([403, "forbidden"]);
    expect(people.work).toEqual({ hash: 0, verify: 0 });
  });

  it("refuses a token that was used", async () => {
    const token = await people.setup.issueToken();
    expect((await post("/setup", { ...admin, token })).status).toBe(200);
    expect(await problem(post("/setup", { ...admin, email: "eve@example.com", token }))).toEqual([403, "forbidden"]);
    expect(await count("users")).toBe(1);
  });

  it.each(["the same token", "two tokens"])("makes one administrator of two racing requests with %s", async (which) => {
    const first = await people.setup.issueToken();
    const second = which === "two tokens" ? await people.setup.issueToken() : first;
    const answers = await Promise.all([
      post("/setup", { ...admin, token: first }),
      post("/setup", { ...admin, email: "eve@example.com", token: second }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect([await count("users"), await count("memberships"), await count("workspaces"), await count("sessions")]).toEqual([
      1, 1, 1, 1,
    ]);
    expect(await json(await get("/setup"))).toEqual({ needed: false });
    expect(await database.pair.sql.read("SELECT token_hash FROM setup_tokens WHERE used_at IS NULL")).toEqual([]);
  });

  it("keeps only the hash of a token, and drops the tokens of starts a day ago", async () => {
    const old = await people.setup.issueToken();
    database.clock.advance(day - 1);
    await people.setup.issueToken();
    expect(await count("setup_tokens")).toBe(2);
    database.clock.advance(1);
    const token = await people.setup.issueToken();
    const rows = await database.pair.sql.read<{ token_hash: string }>("SELECT token_hash FROM setup_tokens");
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await problem(post("/setup", { ...admin, token: old }))).toEqual([403, "forbidden"]);
  });

  it("says which field is wrong", async () => {
    const token = await people.setup.issueToken();
    const answer = await post("/setup", { ...admin, token, password: "short", email: "nobody" });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: "bad_request",
      details: { issues: [{ field: "email" }, { field: "password", message: "must have at least 10 characters" }] },
    });
  });

  it("leaves everything as it was when a row is refused", async () => {
    const token = await people.setup.issueToken();
    const user = `INSERT INTO users (id, email, name, password_hash, created_at) VALUES ('usr_1', 'ada@example.com', 'A', 'x', 1)`;
    await database.pair.sql.commit([{ text: user, params: [] }]);
    expect(await problem(post("/setup", { ...admin, token }))).toEqual([409, "conflict"]);
    expect((await post("/setup", { ...admin, email: "other@example.com", token })).status).toBe(200);
  });
});

describe("signing in", () => {
  beforeEach(async () => {
    await post("/setup", { ...admin, token: await people.setup.issueToken() });
  });

  it("takes the address in any case and gives a session of its own", async () => {
    const answer = await post("/session", { email: " ADA@example.com ", password: admin.password });
    expect(answer.status).toBe(200);
    expect(await json(answer)).toMatchObject({ person: { name: "Ada", role: "administrator" } });
    expect(await json(await get("/session", cookieOf(answer)))).toMatchObject({ person: { name: "Ada" } });
    expect(await count("sessions")).toBe(2);
  });

  it("keeps only the hash of a session's token, and of a password", async () => {
    const cookie = cookieOf(await post("/session", admin));
    const rows = JSON.stringify([
      await database.pair.sql.read("SELECT * FROM sessions"),
      await database.pair.sql.read("SELECT * FROM users"),
    ]);
    expect(rows).not.toContain(cookie.split("=")[1]);
    expect(rows).not.toContain(admin.password);
  });

  it("gives the same answer, after the same work, for a wrong password and an unknown address", async () => {
    const before = { ...people.work };
    const wrong = await post("/session", { email: admin.email, password: "wrong" });
    expect(people.work).toEqual({ hash: before.hash, verify: before.verify + 1 });
    const unknown = await post("/session", { email: "eve@example.com", password: "wrong" });
    expect(people.work).toEqual({ hash: before.hash, verify: before.verify + 2 });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await unknown.text()).toBe(await wrong.text());
    expect(wrong.headers.get("set-cookie")).toBeNull();
  });

  it("stops after 10 wrong tries, also for the right password, until 10 minutes are over", async () => {
    const wrong = { email: admin.email, password: "wrong" };
    for (let index = 0; index < 10; index++) expect((await post("/session", wrong)).status).toBe(401);
    const before = people.work.verify;
    expect(await problem(post("/session", admin))).toEqual([429, "rate_limited"]);
    expect(people.work.verify).toBe(before);
    database.clock.advance(600_000);
    expect((await post("/session", admin)).status).toBe(200);
  });

  it("counts wrong tries by the address they come from", async () => {
    const from = (remoteAddress: string, email: string) =>
      people.app.request(
        "/session",
        { method: "POST", headers: ours, body: JSON.stringify({ email, password: "wrong" }) },
        { incoming: { socket: { remoteAddress } } },
      );
    for (let index = 0; index < 50; index++) expect((await from("192.0.2.1", `p${index}@example.com`)).status).toBe(401);
    expect((await from("192.0.2.1", admin.email)).status).toBe(429);
    expect((await from("192.0.2.2", admin.email)).status).toBe(401);
  });

  it.each(["", "{", "[]", "null", `{"email":1,"password":"x"}`, `{"email":"${"a".repeat(300)}","password":"x"}`])(
    "refuses the body %j",
    async (body) => {
      expect(await problem(people.app.request("/session", { method: "POST", body, headers: ours }))).toEqual([
        400,
        "bad_request",
      ]);
    },
  );

  it("does not read a body without end", async () => {
    const body = JSON.stringify({ email: admin.email, password: "x".repeat(20_000) });
    expect(await problem(people.app.request("/session", { method: "POST", body, headers: ours }))).toEqual([400, "bad_request"]);
    expect(people.work.verify).toBe(0);
  });

  it("refuses someone who is a member of no workspace", async () => {
    await database.pair.sql.commit([{ text: "DELETE FROM memberships", params: [] }]);
    expect(await problem(post("/session", admin))).toEqual([401, "unauthenticated"]);
  });
});

describe("a session", () => {
  let cookie: string;
  beforeEach(async () => {
    cookie = cookieOf(await post("/setup", { ...admin, token: await people.setup.issueToken() }));
  });

  it("ends with signing out, in the database as well", async () => {
    const answer = await people.app.request("/session", { method: "DELETE", headers: { ...ours, Cookie: cookie } });
    expect(await json(answer)).toEqual({});
    expect(answer.headers.get("set-cookie")).toMatch(/^patchbay_session=; Path=\/; Max-Age=0/);
    expect(await problem(get("/session", cookie))).toEqual([401, "unauthenticated"]);
    expect(await count("sessions")).toBe(0);
  });

  it.each([undefined, "patchbay_session=x", `patchbay_session=${"A".repeat(43)}`])(
    "is not had with the cookie %j",
    async (other) => {
      expect(await problem(get("/session", other))).toEqual([401, "unauthenticated"]);
      expect(
        await problem(
          people.app.request("/session", { method: "DELETE", headers: { ...ours, ...(other && { Cookie: other }) } }),
        ),
      ).toEqual([401, "unauthenticated"]);
    },
  );

  it("ends after 30 days without use, and not before while it is used", async () => {
    for (let turn = 0; turn < 3; turn++) {
      database.clock.advance(30 * day - 1);
      expect((await get("/session", cookie)).status).toBe(200);
    }
    database.clock.advance(30 * day);
    expect(await problem(get("/session", cookie))).toEqual([401, "unauthenticated"]);
  });

  it("writes its last use at most hourly, and then renews the cookie", async () => {
    const lastUse = async () => (await database.pair.sql.read<{ at: number }>("SELECT last_used_at AS at FROM sessions"))[0]?.at;
    const begun = database.clock();
    database.clock.advance(3_599_999);
    expect((await get("/session", cookie)).headers.get("set-cookie")).toBeNull();
    expect(await lastUse()).toBe(begun);
    database.clock.advance(1);
    expect((await get("/session", cookie)).headers.get("set-cookie")).toContain(cookie);
    expect(await lastUse()).toBe(database.clock());
  });

  it("goes on when its last use cannot be written, but not when something else is wrong", async () => {
    const failing = (code: ErrorCode) => {
      const sql = { ...database.pair.sql, commit: () => Promise.reject(new AppError(code, "no")) };
      return build({ sql }).app.request("/session", { headers: { Cookie: cookie } });
    };
    database.clock.advance(3_600_000);
    expect((await failing("unavailable")).status).toBe(200);
    expect((await failing("internal")).status).toBe(500);
  });

  it("shows its person as they are now", async () => {
    await database.pair.sql.commit([{ text: "UPDATE memberships SET role = 'user'", params: [] }]);
    expect(await json(await get("/session", cookie))).toMatchObject({ person: { role: "user" } });
    await database.pair.sql.commit([{ text: "DELETE FROM memberships", params: [] }]);
    expect(await problem(get("/session", cookie))).toEqual([401, "unauthenticated"]);
  });

  it("clears sessions that have ended when the next one is opened", async () => {
    database.clock.advance(30 * day);
    await post("/session", admin);
    expect(await count("sessions")).toBe(1);
  });

  it("opens a route for administrators only to them", async () => {
    const ask = () => people.app.request("/for-administrators", { headers: { Cookie: cookie } });
    expect((await ask()).status).toBe(200);
    await database.pair.sql.commit([{ text: "UPDATE memberships SET role = 'user'", params: [] }]);
    expect(await problem(ask())).toEqual([403, "forbidden"]);
    await database.pair.sql.commit([{ text: "UPDATE memberships SET role = 'unheard-of'", params: [] }]);
    expect(await problem(ask())).toEqual([403, "forbidden"]);
    expect(await problem(get("/session", cookie))).toEqual([403, "forbidden"]);
  });

  it("is not needed where anyone may call", async () => {
    expect(await (await people.app.request("/for-anyone")).json()).toBeNull();
  });

  it.each([
    ["our header, no origin", { ...ours }, 200],
    ["our header, our public origin", { ...ours, Origin: publicUrl }, 200],
    ["our header, the origin it was sent to", { ...ours, Origin: "http://localhost" }, 200],
    ["no header", {}, 403],
    ["another value", { "X-Patchbay-Request": "true" }, 403],
    ["our origin, no header", { Origin: publicUrl }, 403],
    ["another site", { ...ours, Origin: "https://evil.example" }, 403],
    ["our name on another port", { ...ours, Origin: "http://localhost:81" }, 403],
    ["our name without TLS", { ...ours, Origin: "http://patchbay.example" }, 403],
    ["an opaque origin", { ...ours, Origin: "null" }, 403],
  ])("changes something only for requests of our own site: %s", async (_, headers, status) => {
    const signOut = await people.app.request("/session", { method: "DELETE", headers: { ...headers, Cookie: cookie } });
    expect(signOut.status).toBe(status);
    expect(await count("sessions")).toBe(status === 200 ? 0 : 1);
    const signIn = await people.app.request("/session", { method: "POST", body: JSON.stringify(admin), headers });
    expect(signIn.status).toBe(status);
  });
});

function build(changed: { sql?: Sql }) {
  const { clock, pair } = database;
  const sql = changed.sql ?? pair.sql;
  const ids = createIds(clock);
  const work = { hash: 0, verify: 0 };
  const passwords = counted(createPasswords({ ln: 4, r: 1, p: 1 }), work);
  const sessions = createSessions({ sql, clock });
  const setup = createSetup({ sql, clock, ids, passwords, sessions });
  const invitations = createInvitations({ sql, clock, ids, passwords, sessions });
  const guard = createGuard({ sessions, publicUrl });
  const limiter = createSignInLimiter(clock);
  const app = new Hono()
    .route("/", peopleRoutes({ sql, sessions, setup, invitations, passwords, limiter, guard, publicUrl }))
    .get("/for-administrators", async (c) => c.json(await guard.authorize(c, { access: "administrator" })))
    .get("/for-anyone", async (c) => c.json(await guard.authorize(c, { access: "anyone" })))
    .onError((fault, c) => {
      const { code, details } = fault instanceof AppError ? fault : { code: "internal" as const, details: undefined };
      return c.json({ code, details }, statusOf[code] as ContentfulStatusCode);
    });
  return { app, setup, work };
}

function counted(passwords: Passwords, work: { hash: number; verify: number }): Passwords {
  return {
    hash(password) {
      work.hash += 1;
      return passwords.hash(password);
    },
    verify(password, stored) {
      work.verify += 1;
      return passwords.verify(password, stored);
    },
  };
}

async function get(path: string, cookie?: string): Promise<Response> {
  return people.app.request(path, { headers: cookie === undefined ? {} : { Cookie: cookie } });
}

async function post(path: string, body: unknown): Promise<Response> {
  return people.app.request(path, { method: "POST", body: JSON.stringify(body), headers: ours });
}

async function json(answer: Response) {
  expect(answer.status).toBe(200);
  return answer.json();
}

async function problem(pending: Response | Promise<Response>): Promise<[number, string]> {
  const answer = await pending;
  return [answer.status, (await answer.json()).code];
}

function cookieOf(answer: Response): string {
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function count(table: string): Promise<number | undefined> {
  return (await database.pair.sql.read<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n;
}
