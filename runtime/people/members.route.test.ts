import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sql } from "../store/sql.ts";
import { type Answer, ask } from "../testing/test-client.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { createInvitations } from "./invitations.ts";
import { changeRole, removeMember } from "./members.ts";
import { createPasswords } from "./passwords.ts";
import { createSessions } from "./sessions.ts";

const weekMs = 7 * 86_400_000;
const account = { name: " Bob ", email: "Bob@Example.com", password: "correct horse" };

let server: TestServer;
let admin: TestPerson;

beforeEach(async () => {
  server = await startTestServer();
  admin = await server.addPerson();
});
afterEach(() => server.close());

describe("an invitation", () => {
  it("lets one person in, with the role of whoever invited, and signs them in", async () => {
    const { invitation, token } = await invite({ role: "user", note: " for Bob " });
    expect(invitation).toEqual({
      id: expect.stringMatching(/^inv_/),
      role: "user",
      note: "for Bob",
      createdAt: server.clock(),
      expiresAt: server.clock() + weekMs,
    });
    expect(await open("/invitation/preview", { token })).toMatchObject({
      status: 200,
      json: { workspace: "Ada", role: "user" },
    });
    server.advance(1);
    const accepted = await open("/invitation", { ...account, token });
    expect(accepted).toMatchObject({
      status: 200,
      json: { person: { name: "Bob", email: "bob@example.com", role: "user" }, workspace: { id: admin.workspace } },
    });
    const bob = { cookie: cookieOf(accepted) };
    expect(await call(bob, "GET", "/session")).toMatchObject({ status: 200, json: { person: { name: "Bob" } } });
    expect(await call(bob, "GET", "/people")).toMatchObject({ status: 403, json: { error: { code: "forbidden" } } });
    expect((await call(admin, "GET", "/people")).json).toEqual({
      people: [
        { id: admin.id, name: "Ada", email: "ada@example.com", role: "administrator", joinedAt: server.clock() - 1 },
        { id: expect.any(String), name: "Bob", email: "bob@example.com", role: "user", joinedAt: server.clock() },
      ],
      invitations: [],
    });
    expect(await open("/session", { email: account.email, password: account.password })).toMatchObject({ status: 200 });
  });

  it("is stored as a hash, and its link is in one answer only", async () => {
    const { url, token } = await invite({ role: "user" });
    expect(url).toBe(`http://patchbay.example/invitation?token=${token}`);
    expect(token).toMatch(/^[\w-]{43}$/);
    const listed = await call(admin, "GET", "/people");
    expect(listed.json).toMatchObject({ invitations: [{ role: "user", note: "" }] });
    expect(listed.text).not.toContain(token);
    expect(JSON.stringify(await server.pair.sql.read("SELECT * FROM invitations"))).not.toContain(token);
  });

  it.each<[string, (invitation: { id: string; token: string }) => Promise<string>]>([
    [
      "was used",
      async ({ token }) => {
        await open("/invitation", { ...account, email: "first@example.com", token });
        return token;
      },
    ],
    [
      "has expired",
      async ({ token }) => {
        server.advance(weekMs);
        return token;
      },
    ],
    [
      "was revoked",
      async ({ id, token }) => {
        expect((await call(admin, "DELETE", `/invitations/${id}`)).status).toBe(200);
        expect((await call(admin, "DELETE", `/invitations/${id}`)).status).toBe(404);
        return token;
      },
    ],
    ["nobody made", async () => "A".repeat(43)],
  ])("that %s lets nobody in, whoever asks", async (_, spoil) => {
    const { invitation, token: made } = await invite({ role: "administrator" });
    const token = await spoil({ id: invitation.id, token: made });
    const before = await count("users");
    for (const answer of [await open("/invitation/preview", { token }), await open("/invitation", { ...account, token })])
      expect(answer).toMatchObject({ status: 403, json: { error: { code: "forbidden" } } });
    expect(await count("users")).toBe(before);
  });

  it("lets one of two at once in", async () => {
    const { token } = await invite({ role: "user" });
    const answers = await Promise.all(
      ["x@example.com", "y@example.com"].map((email) => open("/invitation", { ...account, email, token })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    expect(await count("users")).toBe(2);
  });

  it("stays good when the address has an account already, which the person is told", async () => {
    const { token } = await invite({ role: "user" });
    expect(await open("/invitation", { ...account, email: "ADA@example.com", token })).toMatchObject({
      status: 409,
      json: { error: { message: "somebody has an account with this e-mail address already: use another one" } },
    });
    expect((await open("/invitation", { ...account, token })).status).toBe(200);
  });

  it("names what is wrong with a form", async () => {
    const { token } = await invite({ role: "user" });
    const answer = await open("/invitation", { token, name: " ", email: "bob", password: "short" });
    expect(answer).toMatchObject({
      status: 400,
      json: {
        error: { message: "name: enter your name; email: must be an e-mail address; password: must have at least 10 characters" },
      },
    });
    expect(await call(admin, "POST", "/invitations", { role: "owner" })).toMatchObject({ status: 400 });
  });

  it("cannot be guessed without end; good ones do not count", async () => {
    const { token } = await invite({ role: "user" });
    for (let tries = 0; tries < 60; tries++) expect((await open("/invitation/preview", { token })).status).toBe(200);
    for (let tries = 0; tries < 50; tries++) await open("/invitation/preview", { token: "guess" });
    expect(await open("/invitation", { ...account, token })).toMatchObject({
      status: 429,
      json: { error: { message: "too many failed tries: try again in 10 minutes" } },
    });
    server.advance(600_000);
    expect((await open("/invitation", { ...account, token })).status).toBe(200);
  });
});

describe("a member", () => {
  it("gets another role at once, also in a session that is open", async () => {
    const bob = await server.addPerson("Bob", { role: "user", workspace: admin.workspace });
    expect((await call(bob, "GET", "/people")).status).toBe(403);
    expect((await call(admin, "PATCH", `/people/${bob.id}`, { role: "administrator" })).status).toBe(200);
    expect((await call(bob, "GET", "/people")).status).toBe(200);
  });

  it("who is removed is signed out, and may be invited anew", async () => {
    const bob = await server.addPerson("Bob", { role: "user", workspace: admin.workspace });
    expect((await call(admin, "DELETE", `/people/${bob.id}`)).status).toBe(200);
    expect((await call(bob, "GET", "/session")).status).toBe(401);
    expect(await count("sessions")).toBe(1);
    const { token } = await invite({ role: "user" });
    expect((await open("/invitation", { ...account, token })).status).toBe(200);
  });

  it.each([
    ["demoted", (id: string) => call(admin, "PATCH", `/people/${id}`, { role: "user" })],
    ["removed", (id: string) => call(admin, "DELETE", `/people/${id}`)],
  ])("who is %s does not come back by an invitation of their own", async (_, end) => {
    const eve = await server.addPerson("Eve", { workspace: admin.workspace });
    const theirs = (await call(eve, "POST", "/invitations", { role: "administrator" })).json as { url: string };
    const { token: other } = await invite({ role: "user" });
    expect((await end(eve.id)).status).toBe(200);
    const token = new URL(theirs.url).searchParams.get("token");
    expect(await open("/invitation", { ...account, token })).toMatchObject({ status: 403 });
    expect(await open("/invitation", { ...account, token: other })).toMatchObject({ status: 200 });
    const late = { workspace: admin.workspace, by: eve.id, role: "administrator", note: "" } as const;
    const deps = {
      ...server,
      sql: server.pair.sql,
      passwords: createPasswords(),
      sessions: createSessions({ ...server, sql: server.pair.sql }),
    };
    await expect(createInvitations(deps).invite(late)).rejects.toMatchObject({ code: "forbidden" });
  });

  it("of another workspace is found by nobody", async () => {
    const eve = await server.addPerson("Eve");
    expect((await call(admin, "PATCH", `/people/${eve.id}`, { role: "user" })).status).toBe(404);
    expect((await call(admin, "DELETE", `/people/${eve.id}`)).status).toBe(404);
    expect((await call(eve, "GET", "/session")).json).toMatchObject({ person: { role: "administrator" } });
  });

  it("who is the last administrator is neither demoted nor removed", async () => {
    await server.addPerson("Bob", { role: "user", workspace: admin.workspace });
    for (const answer of [
      await call(admin, "PATCH", `/people/${admin.id}`, { role: "user" }),
      await call(admin, "DELETE", `/people/${admin.id}`),
    ])
      expect(answer).toMatchObject({
        status: 409,
        json: { error: { message: "this is the last administrator: make somebody else an administrator first" } },
      });
    expect((await call(admin, "PATCH", `/people/${admin.id}`, { role: "administrator" })).status).toBe(200);
  });

  it("may go while another administrator stays; of two who take each other's role at once, one stays", async () => {
    const { workspace } = admin;
    const bob = await server.addPerson("Bob", { workspace });
    const { sql } = server.pair;
    const taken = changeRole(
      rivaled(() => removeMember(sql, { workspace, person: admin.id })),
      { workspace, person: bob.id },
      "user",
    );
    await expect(taken).rejects.toMatchObject({ code: "conflict" });
    expect(await sql.read("SELECT user_id AS id, role FROM memberships")).toEqual([{ id: bob.id, role: "administrator" }]);
  });
});

/** A database on which somebody else is faster: their change is made just before the commit. */
function rivaled(rival: () => Promise<unknown>): Sql {
  const { sql } = server.pair;
  return {
    ...sql,
    async commit(statements) {
      await rival();
      return sql.commit(statements);
    },
  };
}

async function invite(body: object) {
  const { json } = await call(admin, "POST", "/invitations", body);
  const { invitation, url } = json as { invitation: { id: string }; url: string };
  return { invitation, url, token: new URL(url).searchParams.get("token") ?? "" };
}

function call({ cookie }: { cookie: string }, method: string, path: string, body?: object): Promise<Answer> {
  const headers = { Cookie: cookie, "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}

function open(path: string, body: object): Promise<Answer> {
  const headers = { "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

function cookieOf({ headers }: Answer): string {
  return String(headers["set-cookie"]).split(";")[0] ?? "";
}

async function count(table: string): Promise<number> {
  const [row] = await server.pair.sql.read<{ count: number }>(`SELECT count(*) AS count FROM ${table}`);
  return Number(row?.count);
}
