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
      sandboxPort: 8_421,
      allowedHttpHosts: [],
      maxBodyBytes: 1_048_576,
      workerSlots: 100,
      logLevel: "info",
    });
    expect(isAbsolute(config.dataDir)).toBe(true);
    expect(config.databaseFile).toBe(join(config.dataDir, "patchbay.db"));
  });

  it("takes an empty variable as one that is not set", () => {
    const names = [
      "PORT",
      "PUBLIC_URL",
      "SANDBOX_PORT",
      "ALLOW_HTTP",
      "MAX_BODY_BYTES",
      "WORKER_SLOTS",
      "HOST",
      "DATA_DIR",
      "LOG_LEVEL",
    ];
    expect(readConfig(Object.fromEntries(names.map((name) => [`PATCHBAY_${name}`, ""])))).toEqual(readConfig({}));
  });

  it.each<[string, string, object]>([
    ["PATCHBAY_PORT", "0", { port: 0 }],
    ["PATCHBAY_PORT", "65535", { port: 65_535 }],
    ["PATCHBAY_HOST", "0.0.0.0", { host: "0.0.0.0", publicUrl: "http://0.0.0.0:8420" }],
    ["PATCHBAY_HOST", "::1", { publicUrl: "http://[::1]:8420" }],
    ["PATCHBAY_PUBLIC_URL", "https://Patchbay.example/", { publicUrl: "https://patchbay.example" }],
    ["PATCHBAY_PUBLIC_URL", "https://patchbay.example:8443/some/path?x=1", { publicUrl: "https://patchbay.example:8443" }],
    ["PATCHBAY_SANDBOX", "off", { sandboxPort: null }],
    ["PATCHBAY_ALLOW_HTTP", " LocalHost:8080 , [::1]:80,", { allowedHttpHosts: ["localhost:8080", "[::1]:80"] }],
    ["PATCHBAY_MAX_BODY_BYTES", "1024", { maxBodyBytes: 1_024 }],
    ["PATCHBAY_WORKER_SLOTS", "0", { workerSlots: 0 }],
    ["PATCHBAY_LOG_LEVEL", "silent", { logLevel: "silent" }],
  ])("takes %s=%s", (name, value, expected) => {
    expect(readConfig({ [name]: value })).toMatchObject(expected);
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
    ["PATCHBAY_PUBLIC_URL", "patchbay.example", "http or https"],
    ["PATCHBAY_PUBLIC_URL", "ftp://patchbay.example", "http or https"],
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
});

function refusalOf(env: NodeJS.ProcessEnv): AppError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  return expect.unreachable("nothing was refused");
}
