import { generateKeyPairSync } from "node:crypto";
import { isAbsolute, join } from "node:path";
import { describe, expect, it } from "vitest";
import { AppError } from "../shared/app-error.ts";
import { readConfig } from "./config.ts";

describe("the configuration", () => {
  it("needs no variable: on this machine alone, with the sandbox, beside the program", () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 8_420,
      publicUrl: "http://127.0.0.1:8420",
      healthPort: null,
      setupFromNetwork: false,
      sandboxPort: 8_421,
      sandboxUrl: null,
      sandboxClientKey: null,
      allowedHttpHosts: [],
      maxBodyBytes: 1_048_576,
      workerSlots: 100,
      retentionDays: 30,
      logLevel: "info",
    });
    expect(isAbsolute(config.dataDir)).toBe(true);
    expect(config.database).toEqual({ kind: "embedded", file: join(config.dataDir, "patchbay.db") });
  });

  it("takes an empty variable as one that is not set", () => {
    const names = [
      "PORT",
      "PUBLIC_URL",
      "SANDBOX_PORT",
      "SANDBOX_URL",
      "SANDBOX_CLIENT_KEY",
      "SETUP_FROM_NETWORK",
      "DATABASE_SCHEMA",
      "ALLOW_HTTP",
      "MAX_BODY_BYTES",
      "WORKER_SLOTS",
      "HOST",
      "DATA_DIR",
      "LOG_LEVEL",
    ];
    const empty = Object.fromEntries(names.map((name) => [`PATCHBAY_${name}`, ""]));
    expect(readConfig({ ...empty, DATABASE_URL: "" })).toEqual(readConfig({}));
  });

  it.each<[string, string, object]>([
    ["PATCHBAY_PORT", "0", { port: 0 }],
    ["PATCHBAY_PORT", "65535", { port: 65_535, healthPort: 65_535 }],
    ["PATCHBAY_HOST", "0.0.0.0", { host: "0.0.0.0", publicUrl: "http://0.0.0.0:8420" }],
    ["PATCHBAY_HOST", "::1", { publicUrl: "http://[::1]:8420" }],
    ["PATCHBAY_PUBLIC_URL", "https://Patchbay.example/", { publicUrl: "https://patchbay.example" }],
    ["PATCHBAY_PUBLIC_URL", "https://patchbay.example:8443/some/path?x=1", { publicUrl: "https://patchbay.example:8443" }],
    ["PATCHBAY_SANDBOX", "off", { sandboxPort: null }],
    ["PATCHBAY_SANDBOX_URL", "http://sandbox:8421/", { sandboxUrl: "http://sandbox:8421" }],
    ["PATCHBAY_SETUP_FROM_NETWORK", "on", { setupFromNetwork: true }],
    [
      "DATABASE_URL",
      "postgres://me:word@db:5432/x?sslmode=require",
      { database: { kind: "postgres", url: "postgres://me:word@db:5432/x?sslmode=require", schema: "patchbay" } },
    ],
    ["DATABASE_URL", "postgresql://db/x", { database: { kind: "postgres", url: "postgresql://db/x", schema: "patchbay" } }],
    // Alone it chooses nothing.
    ["PATCHBAY_DATABASE_SCHEMA", "other_1", { database: { kind: "embedded" } }],
    ["PATCHBAY_ALLOW_HTTP", " LocalHost:8080 , [::1]:80,", { allowedHttpHosts: ["localhost:8080", "[::1]:80"] }],
    ["PATCHBAY_MAX_BODY_BYTES", "1024", { maxBodyBytes: 1_024 }],
    ["PATCHBAY_WORKER_SLOTS", "0", { workerSlots: 0 }],
    ["PATCHBAY_RETENTION_DAYS", "0", { retentionDays: 0 }],
    ["PATCHBAY_LOG_LEVEL", "silent", { logLevel: "silent" }],
  ])("takes %s=%s", (name, value, expected) => {
    expect(readConfig({ [name]: value })).toMatchObject(expected);
  });

  it("takes the public key of the sandbox's clients, written in one line too, and no private one", () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519", {
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const read = (key: string) => readConfig({ PATCHBAY_SANDBOX_CLIENT_KEY: key }).sandboxClientKey;
    expect(read(publicKey)).toBe(publicKey);
    expect(read(publicKey.replaceAll("\n", "\\n"))).toBe(publicKey);
    for (const [wrong, words] of [
      [privateKey, "the public key alone"],
      ["key", "public key in PEM"],
    ] as const) {
      const refusal = refusalOf({ PATCHBAY_SANDBOX_CLIENT_KEY: wrong });
      expect(refusal.message).toContain(words);
      expect(refusal.message).not.toContain("BEGIN");
    }
  });

  it.each([
    ["PATCHBAY_PORT", "65536", "0 to 65535"],
    ["PATCHBAY_PORT", "-1", "0 to 65535"],
    ["PATCHBAY_PORT", "80.5", "0 to 65535"],
    ["PATCHBAY_PORT", "http", "0 to 65535"],
    ["PATCHBAY_SANDBOX_PORT", "70000", "0 to 65535"],
    ["PATCHBAY_MAX_BODY_BYTES", "1023", "1024 to 67108864"],
    ["PATCHBAY_MAX_BODY_BYTES", "67108865", "1024 to 67108864"],
    ["PATCHBAY_MAX_BODY_BYTES", "Infinity", "1024 to 67108864"],
    ["PATCHBAY_WORKER_SLOTS", "10001", "0 to 10000"],
    ["PATCHBAY_RETENTION_DAYS", "-1", "0 to 36500"],
    ["PATCHBAY_PUBLIC_URL", "patchbay.example", "http or https"],
    ["PATCHBAY_PUBLIC_URL", "ftp://patchbay.example", "http or https"],
    ["PATCHBAY_SANDBOX_URL", "sandbox:8421", "http or https"],
    ["PATCHBAY_SETUP_FROM_NETWORK", "yes", "on, off"],
    ["PATCHBAY_DATABASE_SCHEMA", "Patchbay", "lower case"],
    ["PATCHBAY_DATABASE_SCHEMA", "1st", "lower case"],
    ["PATCHBAY_DATABASE_SCHEMA", "a-b", "lower case"],
    ["PATCHBAY_DATABASE_SCHEMA", "a".repeat(42), "up to 40"],
    ["PATCHBAY_ALLOW_HTTP", "localhost", "host:port"],
    ["PATCHBAY_ALLOW_HTTP", "localhost:80,http://x:80", "host:port"],
    ["PATCHBAY_ALLOW_HTTP", "*:80", "host:port"],
    ["PATCHBAY_LOG_LEVEL", "loud", "fatal, error, warn, info, debug, trace, silent"],
  ])("refuses %s=%s and names the variable, its limits and the value", (name, value, limits) => {
    const refusal = refusalOf({ [name]: value });
    expect(refusal.code).toBe("config");
    expect(refusal.message).toContain(name);
    expect(refusal.message).toContain(limits);
    expect(refusal.message).toContain(value.split(",").at(-1));
  });

  it("takes a schema of its own with DATABASE_URL", () => {
    const { database } = readConfig({ DATABASE_URL: "postgres://db/x", PATCHBAY_DATABASE_SCHEMA: "other_1" });
    expect(database).toEqual({ kind: "postgres", url: "postgres://db/x", schema: "other_1" });
  });

  it.each(["mysql://me:hunter2@db/x", "me:hunter2@db", "hunter2"])("refuses DATABASE_URL=%s without a word of it", (value) => {
    const refusal = refusalOf({ DATABASE_URL: value });
    expect(refusal.code).toBe("config");
    expect(refusal.message).toContain("DATABASE_URL");
    expect(refusal.message).not.toContain("hunter2");
  });
});

function refusalOf(env: NodeJS.ProcessEnv): AppError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  return expect.unreachable("nothing was refused");
}
