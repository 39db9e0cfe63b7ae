import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createIds } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { createOAuthStates } from "./oauth-states.ts";
import { createVault } from "./vault.ts";

let database: TestDatabase;
const by = { workspace: "wsp_1", user: "usr_1", session: "a-session" };
const begun = { ...by, connection: "con_1", verifier: "the-verifier", returnTo: "/connections" };
const masterKey = randomBytes(32);

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

function statesOn(sql: Sql) {
  const { clock, pair } = database;
  const vault = createVault({ masterKey, masterKeyId: "test", sql: pair.sql, clock, ids: createIds(clock), randomBytes });
  return createOAuthStates({ sql, vault, clock, randomBytes });
}

test("an authorization that was begun is ended once, and neither its state nor its verifier can be read in the database", async () => {
  const { sql } = database.pair;
  const states = statesOn(sql);
  const state = await states.begin(begun);
  expect(state).toMatch(/^[\w-]{43}$/);
  const stored = JSON.stringify(await sql.read("SELECT * FROM oauth_states"));
  expect(stored).not.toContain(state);
  expect(stored).not.toContain("the-verifier");
  expect(await states.end(state, by)).toEqual(begun);
  expect(await states.end(state, by)).toBeNull();
});

test.each([
  { ...by, user: "usr_2" },
  { ...by, session: "another" },
  { ...by, workspace: "wsp_2" },
])("is nobody else's, and is used up by whoever tries: %o", async (other) => {
  const states = statesOn(database.pair.sql);
  const state = await states.begin(begun);
  expect(await states.end(state, other)).toBeNull();
  expect(await states.end(state, by)).toBeNull();
});

test("of two who come with it at the same moment one is let through", async () => {
  const { sql } = database.pair;
  const state = await statesOn(sql).begin(begun);
  const both = Promise.withResolvers<void>();
  let reads = 0;
  const states = statesOn({
    ...sql,
    async read(text, params) {
      const rows = await sql.read<never>(text, params);
      if (++reads === 2) both.resolve();
      await both.promise;
      return rows;
    },
  });
  const ended = await Promise.all([states.end(state, by), states.end(state, by)]);
  expect(ended.filter((one) => one !== null)).toEqual([begun]);
});

test("lasts ten minutes, and is cleared by whoever begins the next", async () => {
  const { sql } = database.pair;
  const states = statesOn(sql);
  const state = await states.begin(begun);
  database.clock.advance(599_999);
  expect(await states.end(state, by)).toEqual(begun);
  const late = await states.begin(begun);
  database.clock.advance(600_000);
  expect(await states.end(late, by)).toBeNull();
  await states.begin(begun);
  database.clock.advance(600_000);
  await states.begin(begun);
  expect(await sql.read("SELECT connection_id FROM oauth_states")).toHaveLength(1);
});
