import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../shared/app-error.ts";

export type Config = {
  host: string;
  port: number;
  /** What people and senders reach us by; hook URLs and links are made from it. */
  publicUrl: string;
  dataDir: string;
  databaseFile: string;
  /** Port of the bundled sandbox on 127.0.0.1, null when it is switched off. */
  sandboxPort: number | null;
  /** `host:port` pairs that may be called over http and at private addresses, besides the bundled sandbox. */
  allowedHttpHosts: string[];
  /** Largest body of a delivery, in bytes. */
  maxBodyBytes: number;
  /** Runs that this process carries on at a time; 0 when it only takes events in. */
  workerSlots: number;
  logLevel: string;
  /** Built interface. */
  staticDir: string;
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Reads the configuration from `PATCHBAY_*` variables. Throws `config`, naming the variable and its limits. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const port = whole(env, "PATCHBAY_PORT", 8420, 0, 65_535);
  // An empty variable is one that is not set: an empty host would be every address, an empty folder the current one.
  const host = env.PATCHBAY_HOST || "127.0.0.1";
  const dataDir = resolve(env.PATCHBAY_DATA_DIR || join(root, "data"));
  return {
    host,
    port,
    publicUrl: publicUrl(env, host, port),
    dataDir,
    databaseFile: join(dataDir, "patchbay.db"),
    sandboxPort: env.PATCHBAY_SANDBOX === "off" ? null : whole(env, "PATCHBAY_SANDBOX_PORT", 8421, 0, 65_535),
    allowedHttpHosts: (env.PATCHBAY_ALLOW_HTTP ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "")
      .map(hostAndPort),
    maxBodyBytes: whole(env, "PATCHBAY_MAX_BODY_BYTES", 1_048_576, 1_024, 67_108_864),
    workerSlots: whole(env, "PATCHBAY_WORKER_SLOTS", 100, 0, 10_000),
    logLevel: oneOf(env, "PATCHBAY_LOG_LEVEL", "info", ["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
    staticDir: join(root, "dist"),
  };
}

function whole(env: NodeJS.ProcessEnv, name: string, fallback: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new AppError("config", `${name} must be a whole number from ${min} to ${max}, not "${text}"`);
  return value;
}

function oneOf(env: NodeJS.ProcessEnv, name: string, fallback: string, values: string[]): string {
  const value = env[name] || fallback;
  if (!values.includes(value)) throw new AppError("config", `${name} must be one of ${values.join(", ")}, not "${value}"`);
  return value;
}

function publicUrl(env: NodeJS.ProcessEnv, host: string, port: number): string {
  const text = env.PATCHBAY_PUBLIC_URL;
  if (text === undefined || text === "") return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new AppError("config", `PATCHBAY_PUBLIC_URL must be an http or https URL, not "${text}"`);
  return new URL(text).origin;
}

function hostAndPort(text: string): string {
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+):\d{1,5}$/i.test(text))
    throw new AppError("config", `PATCHBAY_ALLOW_HTTP must list host:port pairs, and "${text}" is none`);
  return text.toLowerCase();
}
