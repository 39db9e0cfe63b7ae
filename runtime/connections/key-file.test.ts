import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadMasterKey } from "./key-file.ts";

const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7));
const hex = key.toString("hex");
const base64 = key.toString("base64");

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "patchbay-key-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe("loadMasterKey: the variable", () => {
  it.each([hex, hex.toUpperCase(), base64, ` ${base64}\n`])("takes 32 bytes written as %j", (text) => {
    expect(loadMasterKey({ env: { PATCHBAY_ENCRYPTION_KEY: text }, dataDir })).toMatchObject({
      key,
      source: "PATCHBAY_ENCRYPTION_KEY",
    });
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it.each([
    ["empty", ""],
    ["blank", "  "],
    ["31 bytes", key.subarray(1).toString("base64")],
    ["33 bytes", Buffer.concat([key, Buffer.from("x")]).toString("base64")],
    ["31 bytes of hex", hex.slice(2)],
    ["48 bytes of base64", "ab+/".repeat(16)],
    ["base64 without padding", base64.slice(0, -1)],
    ["a passphrase", "correct horse battery staple"],
  ])("refuses one that is %s, naming the variable and not its value (K3)", (_, text) => {
    const fault = faultOf(() => loadMasterKey({ env: { PATCHBAY_ENCRYPTION_KEY: text }, dataDir }));
    expect(fault).toMatchObject({
      code: "config",
      message: expect.stringContaining("PATCHBAY_ENCRYPTION_KEY must be exactly 32 bytes"),
    });
    if (text.trim() !== "") expect(fault.message).not.toContain(text);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it("refuses both variables at once", () => {
    const env = { PATCHBAY_ENCRYPTION_KEY: hex, PATCHBAY_ENCRYPTION_KEY_FILE: "/nowhere" };
    expect(faultOf(() => loadMasterKey({ env, dataDir }))).toMatchObject({
      code: "config",
      message: expect.stringContaining("not both"),
    });
  });
});

describe("loadMasterKey: the file", () => {
  it("takes the key out of it", () => {
    const file = write("my.key", `${hex}\n`, 0o400);
    expect(loadMasterKey({ env: { PATCHBAY_ENCRYPTION_KEY_FILE: file }, dataDir: null })).toMatchObject({ key, source: file });
  });

  it.each([0o640, 0o604, 0o620, 0o660, 0o644])("refuses mode %o, naming the file", (mode) => {
    const file = write("my.key", hex, mode);
    expect(faultOf(() => loadMasterKey({ env: { PATCHBAY_ENCRYPTION_KEY_FILE: file }, dataDir }))).toMatchObject({
      code: "config",
      message: expect.stringContaining(`chmod 600 ${file}`),
    });
  });

  it.each([
    ["is empty", ""],
    ["is cut short", hex.slice(0, 20)],
    ["is far too long", "a".repeat(2_000)],
  ])("refuses one that %s, naming it", (_, text) => {
    const file = write("my.key", text, 0o600);
    expect(faultOf(() => loadMasterKey({ env: { PATCHBAY_ENCRYPTION_KEY_FILE: file }, dataDir }))).toMatchObject({
      code: "config",
      message: expect.stringContaining(file),
    });
  });

  it("refuses one that is missing, and a folder", () => {
    const missing = join(dataDir, "none.key");
    expect(faultOf(() => loadMasterKey({ env: { PATCHBAY_ENCRYPTION_KEY_FILE: missing }, dataDir })).message).toContain(missing);
    expect(faultOf(() => loadMasterKey({ env: { PATCHBAY_ENCRYPTION_KEY_FILE: dataDir }, dataDir })).message).toContain(
      "no key file",
    );
    expect(readdirSync(dataDir)).toEqual([]);
  });
});

describe("loadMasterKey: the generated key", () => {
  it("is made once, readable by its owner only, and found again", () => {
    const made = loadMasterKey({ env: {}, dataDir });
    const file = join(dataDir, "patchbay.key");
    expect(made.source).toBe(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toBe(`${made.key.toString("base64")}\n`);
    expect(loadMasterKey({ env: {}, dataDir })).toEqual(made);
    expect(readdirSync(dataDir)).toEqual(["patchbay.key"]);
  });

  it("is another in every data folder, which is made when missing", () => {
    const first = loadMasterKey({ env: {}, dataDir: join(dataDir, "a", "b") });
    const second = loadMasterKey({ env: {}, dataDir: join(dataDir, "c") });
    expect(first.key).not.toEqual(second.key);
    expect(first.id).not.toBe(second.id);
  });

  it("never replaces a file that is there, however broken", () => {
    const file = write("patchbay.key", "", 0o600);
    expect(faultOf(() => loadMasterKey({ env: {}, dataDir }))).toMatchObject({
      code: "config",
      message: expect.stringContaining(file),
    });
    chmodSync(file, 0o644);
    expect(faultOf(() => loadMasterKey({ env: {}, dataDir })).message).toContain("others can read");
    expect(readFileSync(file, "utf8")).toBe("");
  });

  it("says what to do when the folder cannot hold it", () => {
    const file = write("taken", "", 0o600);
    expect(faultOf(() => loadMasterKey({ env: {}, dataDir: join(file, "sub") }))).toMatchObject({
      code: "config",
      message: expect.stringContaining("set PATCHBAY_ENCRYPTION_KEY instead"),
    });
  });

  it("is one key when several processes start at once", async () => {
    const script = `import { loadMasterKey } from ${JSON.stringify(new URL("./key-file.ts", import.meta.url).href)};
      console.log(loadMasterKey({ env: {}, dataDir: ${JSON.stringify(dataDir)} }).id);`;
    const start = () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    const ids = (await Promise.all([start(), start(), start()])).map(({ stdout }) => stdout.trim());
    expect(ids[0]).toMatch(/^[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(1);
    expect(readdirSync(dataDir)).toEqual(["patchbay.key"]);
  });

  it("is not made where several nodes need the same", () => {
    expect(faultOf(() => loadMasterKey({ env: {}, dataDir: null }))).toMatchObject({ code: "config" });
  });
});

it("names a key by an id that stays the same and tells nothing of it", () => {
  const [fromHex, fromBase64] = [hex, base64].map(
    (text) => loadMasterKey({ env: { PATCHBAY_ENCRYPTION_KEY: text }, dataDir }).id,
  );
  expect(fromHex).toMatch(/^[0-9a-f]{12}$/);
  expect(fromBase64).toBe(fromHex);
  expect(hex).not.toContain(fromHex);
});

function write(name: string, text: string, mode: number): string {
  const file = join(dataDir, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

function faultOf(call: () => unknown): Error {
  try {
    call();
  } catch (fault) {
    if (fault instanceof Error) return fault;
  }
  return expect.unreachable("should have thrown");
}
