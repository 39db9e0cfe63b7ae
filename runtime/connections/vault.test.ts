import { createCipheriv, createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIds } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { createVault, type SealedPlace, type Vault } from "./vault.ts";

const masterKey = createHash("sha256").update("a master key for tests").digest();
const place: SealedPlace = { table: "connections", row: "con_1", workspace: "wsp_1", field: "credentials" };
const secret = "p@ssw0rd-ß-漢字";

let database: TestDatabase;
let vault: Vault;

beforeEach(async () => {
  database = await openTestDatabase();
  vault = vaultWith({});
});
afterEach(() => database.close());

describe("createVault", () => {
  it("opens what it sealed for the same place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 2_000 }), async (text) => {
        expect(await vault.open(place, await vault.seal(place, text))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it("writes the record's version, both key ids and five parts, and never the text", async () => {
    const sealed = await vault.seal(place, secret);
    expect(sealed).toMatch(/^v1\.master1\.key_[0-9a-f]{32}\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
    const [, , , , ciphertext = ""] = sealed.split(".");
    expect(Buffer.from(ciphertext, "base64url").toString("latin1")).not.toContain("p@ss");
    expect(JSON.stringify(await dataKeys())).not.toContain(masterKey.toString("base64url"));
  });

  it("never seals the same text twice the same way", async () => {
    const sealed = await Promise.all(Array.from({ length: 200 }, () => vault.seal(place, secret)));
    expect(new Set(sealed.map((record) => record.split(".")[3])).size).toBe(200);
    expect(new Set(sealed.map((record) => record.split(".")[4])).size).toBe(200);
  });

  it("makes one data key for a workspace, however many ask at once, and another for the next workspace", async () => {
    await Promise.all(Array.from({ length: 20 }, () => vault.seal(place, secret)));
    expect(await dataKeys()).toHaveLength(1);
    await vault.seal({ ...place, workspace: "wsp_2" }, secret);
    expect((await dataKeys()).map((key) => key.workspace_id)).toEqual(["wsp_1", "wsp_2"]);
  });

  it("goes on with the stored data key after a restart", async () => {
    const sealed = await vault.seal(place, secret);
    const restarted = vaultWith({});
    await restarted.seal(place, secret);
    expect(await restarted.open(place, sealed)).toBe(secret);
    expect(await dataKeys()).toHaveLength(1);
  });

  it("reads nothing before the first use, and a data key once", async () => {
    const reads: string[] = [];
    const sql: Sql = {
      ...database.pair.sql,
      read: (text, params) => {
        reads.push(text);
        return database.pair.sql.read(text, params);
      },
    };
    const counted = vaultWith({ sql });
    expect(reads).toHaveLength(0);
    for (let turn = 0; turn < 3; turn++) await counted.open(place, await counted.seal(place, secret));
    expect(reads).toHaveLength(2);
  });
});

describe("a record in another place (K1)", () => {
  it.each<[string, Partial<SealedPlace>]>([
    ["row", { row: "con_2" }],
    ["workspace", { workspace: "wsp_2" }],
    ["field", { field: "token" }],
    ["table", { table: "hooks" }],
    ["split of the same characters", { row: `con_1","wsp_1`, workspace: "" }],
  ])("does not open in another %s", async (_, other) => {
    const sealed = await vault.seal(place, secret);
    const fault = await vault.open({ ...place, ...other }, sealed).catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "AppError", code: "vault" });
    expect(everything(fault)).not.toContain(secret);
  });

  it("does not open under another workspace's data key", async () => {
    const parts = (await vault.seal(place, secret)).split(".");
    const other = (await vault.seal({ ...place, workspace: "wsp_2" }, secret)).split(".");
    parts[2] = other[2] ?? "";
    await expect(vault.open(place, parts.join("."))).rejects.toMatchObject({ code: "vault" });
  });

  it("does not open when a workspace's data key row is given to another", async () => {
    const sealed = await vault.seal(place, secret);
    await database.pair.sql.commit([{ text: "UPDATE data_keys SET workspace_id = $1", params: ["wsp_2"], expectRows: 1 }]);
    await expect(vaultWith({}).open({ ...place, workspace: "wsp_2" }, sealed)).rejects.toMatchObject({ code: "vault" });
  });
});

describe("a changed record (K2)", () => {
  it("does not open when any one character is another", async () => {
    const sealed = await vault.seal(place, secret);
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.constantFrom(..."AZaz09-_.="), async (at, character) => {
        fc.pre(sealed[at] !== character);
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        await expect(vault.open(place, changed)).rejects.toMatchObject({ code: "vault" });
      }),
      { numRuns: 300 },
    );
  });

  it("does not open with a tag of 4 bytes, even one that is right", async () => {
    const [version, master, key, iv, ciphertext, tag = ""] = (await vault.seal(place, secret)).split(".");
    const short = Buffer.from(tag, "base64url").subarray(0, 4).toString("base64url");
    await expect(vault.open(place, [version, master, key, iv, ciphertext, short].join("."))).rejects.toMatchObject({
      code: "vault",
      message: "connections.credentials of con_1 is no sealed record",
    });
  });

  it.each(["", "v1", "v2.a.b.c.d.e", "plain text", `{"password":"x"}`])(
    "takes %j for no record, never for a plain text",
    async (text) => {
      await expect(vault.open(place, text)).rejects.toMatchObject({ code: "vault" });
    },
  );

  it("does not open when the data key's row was changed", async () => {
    const sealed = await vault.seal(place, secret);
    const [row] = await dataKeys();
    const wrapped = row?.wrapped ?? "";
    for (const changed of [
      "",
      "v1.x",
      wrapped.slice(0, -1),
      wrapped.replace("v1", "v2"),
      `${wrapped.slice(0, 30)}AAAA${wrapped.slice(34)}`,
    ]) {
      await setWrapped(changed);
      await expect(vaultWith({}).open(place, sealed)).rejects.toMatchObject({ code: "vault" });
    }
    await setWrapped(wrapped);
    expect(await vaultWith({}).open(place, sealed)).toBe(secret);
  });

  it("refuses a data key of another length", async () => {
    const sealed = await vault.seal(place, secret);
    const [row] = await dataKeys();
    const iv = randomBytes(12);
    const sealing = createCipheriv("aes-256-gcm", masterKey, iv, { authTagLength: 16 });
    sealing.setAAD(Buffer.from(JSON.stringify(["data_keys", row?.id, "wsp_1", "wrapped", "v1"])));
    const parts = [iv, Buffer.concat([sealing.update(randomBytes(16)), sealing.final()]), sealing.getAuthTag()];
    await setWrapped(`v1.${parts.map((part) => part.toString("base64url")).join(".")}`);
    await expect(vaultWith({}).open(place, sealed)).rejects.toMatchObject({ message: expect.stringContaining("wrong length") });
  });
});

describe("a master key that is not the one (K3)", () => {
  it("names both keys, whether it opens, seals or checks at start", async () => {
    const sealed = await vault.seal(place, secret);
    const other = vaultWith({ masterKey: randomBytes(32), masterKeyId: "master2" });
    for (const call of [() => other.open(place, sealed), () => other.seal(place, secret), () => other.check()])
      await expect(call()).rejects.toMatchObject({ code: "vault", message: expect.stringMatching(/master1.*master2/) });
  });

  it("does not open data keys with a wrong key under the same id", async () => {
    await vault.seal(place, secret);
    await expect(vaultWith({ masterKey: randomBytes(32) }).check()).rejects.toMatchObject({ code: "vault" });
  });

  it("finds nothing wrong at start while there is no data key, and when it fits", async () => {
    await expect(vault.check()).resolves.toBeUndefined();
    await vault.seal(place, secret);
    await expect(vaultWith({}).check()).resolves.toBeUndefined();
  });
});

describe("faults", () => {
  it("names a data key that does not exist", async () => {
    const sealed = await vault.seal(place, secret);
    await database.pair.sql.commit([{ text: "DELETE FROM data_keys", params: [] }]);
    await expect(vaultWith({}).open(place, sealed)).rejects.toMatchObject({
      message: expect.stringMatching(/key_\w+ does not exist/),
    });
  });

  it("seals nothing with a data key that could not be stored, and tries again at the next call", async () => {
    let refuse = true;
    const sql: Sql = {
      ...database.pair.sql,
      commit: async (list) => (refuse ? { outcome: "refused", reason: "no" } : database.pair.sql.commit(list)),
    };
    const unlucky = vaultWith({ sql });
    await expect(unlucky.seal(place, secret)).rejects.toMatchObject({ code: "vault" });
    refuse = false;
    expect(await unlucky.open(place, await unlucky.seal(place, secret))).toBe(secret);
  });
});

type Row = { id: string; workspace_id: string; wrapped: string };
function dataKeys(): Promise<Row[]> {
  return database.pair.sql.read<Row>("SELECT id, workspace_id, wrapped FROM data_keys ORDER BY id");
}

async function setWrapped(wrapped: string): Promise<void> {
  await database.pair.sql.commit([{ text: "UPDATE data_keys SET wrapped = $1", params: [wrapped], expectRows: 1 }]);
}

function vaultWith(changed: { masterKey?: Buffer; masterKeyId?: string; sql?: Sql }): Vault {
  const { clock, pair } = database;
  return createVault({ masterKey, masterKeyId: "master1", sql: pair.sql, clock, ids: createIds(clock), randomBytes, ...changed });
}

/** A fault as a careless logger would write it, cause and stack included. */
function everything(fault: unknown): string {
  return fault instanceof Error ? `${fault.stack}${JSON.stringify(fault)}${everything(fault.cause)}` : String(fault);
}
