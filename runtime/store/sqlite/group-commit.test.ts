import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/app-error.ts";
import { createGroupCommit, type GroupCommit, type Write } from "./group-commit.ts";
import { openDatabase, type SqliteDatabase } from "./open-database.ts";

type Outcome = { outcome: "stored"; name: string } | { outcome: "refused" } | { outcome: "unavailable" };

let folder: string;
let db: SqliteDatabase;
/** Sees only what is committed. */
let reader: SqliteDatabase;
let commits: GroupCommit;
let count: number;
/** Names in the order in which their commits were announced. */
let announced: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "patchbay-"));
  const file = join(folder, "patchbay.db");
  db = openDatabase(file, { busyTimeoutMs: 10 });
  db.pragma("foreign_keys = ON");
  db.exec(`CREATE TABLE parents (name TEXT PRIMARY KEY);
    CREATE TABLE things (place INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size BLOB,
      parent TEXT REFERENCES parents (name) DEFERRABLE INITIALLY DEFERRED)`);
  reader = new Database(file, { readonly: true });
  announced = [];
  open({ maxPending: 1_000, maxBatch: 512 });
});
afterEach(() => {
  reader.close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(limits: { maxPending: number; maxBatch: number }): void {
  count = 0;
  commits = createGroupCommit(db, limits, () => {
    count += 1;
  });
}

type Thing = { size?: number; parent?: string; fails?: boolean; fromOutside?: boolean };

function thing(name: string, { size = 0, parent, fails = false, fromOutside = false }: Thing = {}): Write<Outcome> {
  return {
    apply() {
      db.prepare("INSERT INTO things (name, size, parent) VALUES (?, zeroblob(?), ?)").run(name, size, parent ?? null);
      if (fails) throw new AppError("internal", `${name} cannot be stored`);
      return { outcome: "stored", name };
    },
    refused: () => ({ outcome: "refused" }),
    unavailable: () => ({ outcome: "unavailable" }),
    committed: () => announced.push(name),
    fromOutside,
  };
}

const submit = (...writes: Write<Outcome>[]) => Promise.all(writes.map((write) => commits.submit(write)));
const stored = (name: string): Outcome => ({ outcome: "stored", name });
const refused: Outcome = { outcome: "refused" };
const unavailable: Outcome = { outcome: "unavailable" };
const names = () => reader.prepare("SELECT name FROM things ORDER BY place").pluck().all();

describe("the calls of one turn", () => {
  it("share one commit, and each gets its own outcome", async () => {
    expect(await submit(thing("a"), thing("b"), thing("c"))).toEqual([stored("a"), stored("b"), stored("c")]);
    expect(count).toBe(1);
    expect(names()).toEqual(["a", "b", "c"]);
  });

  it("are on disk before anybody hears of them, and before their callers go on", async () => {
    const seen: unknown[] = [];
    const announcing = { ...thing("a"), committed: () => seen.push(names()) };
    await Promise.all([commits.submit(announcing), commits.submit(thing("b"))]);
    seen.push(names());
    expect(seen).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("do not wait for those that come while they are committed: these are the next commit", async () => {
    let later: Promise<Outcome> | null = null;
    const first = {
      ...thing("first"),
      committed() {
        later = commits.submit(thing("later"));
      },
    };
    expect(await commits.submit(first)).toEqual(stored("first"));
    expect([count, names()]).toEqual([1, ["first"]]);
    expect(await later).toEqual(stored("later"));
    expect([count, names()]).toEqual([2, ["first", "later"]]);
  });

  it("keep their order, also where there are more than fit into a commit", async () => {
    open({ maxPending: 1_000, maxBatch: 4 });
    const many = Array.from({ length: 10 }, (_, index) => `thing ${index}`);
    expect(await submit(...many.map((name) => thing(name)))).toEqual(many.map(stored));
    expect(count).toBe(3);
    expect(names()).toEqual(many);
    expect(announced).toEqual(many);
  });
});

describe("a call that cannot be stored", () => {
  it.each<[string, () => Write<Outcome>]>([
    ["its statements throw", () => thing("a")],
    ["it throws after its statements", () => thing("x", { fails: true })],
  ])("is refused alone when %s, and leaves nothing behind", async (_, bad) => {
    expect(await submit(thing("a"), bad(), thing("b"))).toEqual([stored("a"), refused, stored("b")]);
    expect(names()).toEqual(["a", "b"]);
    expect(count).toBe(1);
    expect(commits.healthy()).toBe(true);
  });

  it("is refused when it is the only one", async () => {
    expect(await submit(thing("x", { fails: true }))).toEqual([refused]);
    expect(names()).toEqual([]);
  });

  it("changes nobody else's outcome, whatever comes together in whatever order", async () => {
    let made = 0;
    const turns = fc.array(fc.array(fc.boolean(), { maxLength: 6 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(turns, async (plan) => {
        db.exec("DELETE FROM things");
        const expected: Outcome[] = [];
        const outcomes: Promise<Outcome[]>[] = [];
        for (const turn of plan) {
          const writes = turn.map((fails) => {
            made += 1;
            expected.push(fails ? refused : stored(`thing ${made}`));
            return thing(`thing ${made}`, { fails });
          });
          outcomes.push(submit(...writes));
          await new Promise(setImmediate);
        }
        expect((await Promise.all(outcomes)).flat()).toEqual(expected);
        expect(names()).toEqual(expected.flatMap((each) => (each.outcome === "stored" ? each.name : [])));
      }),
      { numRuns: 50 },
    );
  });
});

describe("when nothing can be made durable", () => {
  it("answers unavailable to all of a failed COMMIT, tells nobody, and goes on with the next", async () => {
    // A deferred constraint is checked by COMMIT itself, after every statement has succeeded.
    const outcomes = await submit(thing("a"), thing("orphan", { parent: "nobody" }), thing("b"));
    expect(outcomes).toEqual([unavailable, unavailable, unavailable]);
    expect([names(), announced, count, commits.healthy()]).toEqual([[], [], 0, false]);
    expect(await submit(thing("a"))).toEqual([stored("a")]);
    expect([names(), announced, count, commits.healthy()]).toEqual([["a"], ["a"], 1, true]);
  });

  it("answers unavailable to all while another process holds the database", async () => {
    const other = new Database(db.name);
    other.exec("BEGIN IMMEDIATE");
    expect(await submit(thing("a"), thing("b"))).toEqual([unavailable, unavailable]);
    expect(commits.healthy()).toBe(false);
    other.exec("ROLLBACK");
    other.close();
    expect([names(), announced]).toEqual([[], []]);
    expect(await submit(thing("a"))).toEqual([stored("a")]);
  });

  it("answers unavailable to all when the disk is full, and stores what fits afterwards", async () => {
    db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true })) + 10}`);
    expect(await submit(thing("a"), thing("big", { size: 200_000 }), thing("b"))).toEqual([
      unavailable,
      unavailable,
      unavailable,
    ]);
    expect([names(), announced, commits.healthy()]).toEqual([[], [], false]);
    expect(await submit(thing("a"), thing("b"))).toEqual([stored("a"), stored("b")]);
  });
});

describe("the queue", () => {
  it("turns away what comes from outside when it is full, at once, and nothing that is under way", async () => {
    open({ maxPending: 2, maxBatch: 512 });
    const outside = { fromOutside: true };
    const order: string[] = [];
    const follow = async (name: string, write: Write<Outcome>) => {
      const { outcome } = await commits.submit(write);
      order.push(`${name} ${outcome}`);
    };
    await Promise.all([
      follow("a", thing("a", outside)),
      follow("b", thing("b", outside)),
      follow("c", thing("c", outside)),
      follow("d", thing("d")),
    ]);
    expect(order).toEqual(["c unavailable", "a stored", "b stored", "d stored"]);
    expect(names()).toEqual(["a", "b", "d"]);
    expect(await submit(thing("e", outside))).toEqual([stored("e")]);
  });

  it("is drained when everything that was submitted is settled", async () => {
    open({ maxPending: 1_000, maxBatch: 2 });
    await commits.drain();
    void submit(...["a", "b", "c", "d", "e"].map((name) => thing(name)));
    await Promise.all([commits.drain(), commits.drain()]);
    expect(names()).toEqual(["a", "b", "c", "d", "e"]);
    expect(count).toBe(3);
  });
});
