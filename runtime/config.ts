import { createPublicKey } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../shared/app-error.ts";

/** `url` holds a password: it is never logged or shown. */
export type PostgresPlace = { kind: "postgres"; url: string; schema: string };

export type Config = {
  host: string;
  port: number;
  /** Where a worker, which has nothing else to answer, says how it is; null: nowhere. */
  healthPort: number | null;
  /** May the first administrator be set up from other machines, by whoever has the one-time link? */
  setupFromNetwork: boolean;
  /** What people and senders reach us by; hook URLs and links are made from it. */
  publicUrl: string;
  dataDir: string;
  /** Which pair is opened: one process with a file of its own, or any number of processes on one Postgres schema. */
  database: { kind: "embedded"; file: string } | PostgresPlace;
  /** Port of the bundled sandbox on 127.0.0.1, null when it is switched off. */
  sandboxPort: number | null;
  /** Origin of a sandbox that runs elsewhere and is used instead of one of our own; the same for all workers. */
  sandboxUrl: string | null;
  /** Public key (PEM) that clients of the bundled sandbox sign with who authenticate by PKI; null when there are none. */
  sandboxClientKey: string | null;
  /** `host:port` pairs that may be called over http and at private addresses, besides the bundled sandbox. */
  allowedHttpHosts: string[];
  /** Largest body of a delivery, in bytes. */
  maxBodyBytes: number;
  /** Runs that this process carries on at a time; 0 when it only takes events in. */
  workerSlots: number;
  /** Ended runs are kept for so many days where their flow says nothing; 0: for ever. */
  retentionDays: number;
  logLevel: string;
  /** Built interface. */
  staticDir: string;
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Reads the configuration from `PATCHBAY_*` variables and `DATABASE_URL`. Throws `config`, naming the variable and its limits. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const port = whole(env, "PATCHBAY_PORT", 8420, 0, 65_535);
  // An empty variable is one that is not set: an empty host would be every address, an empty folder the current one.
  const host = env.PATCHBAY_HOST || "127.0.0.1";
  const dataDir = resolve(env.PATCHBAY_DATA_DIR || join(root, "data"));
  return {
    host,
    port,
    healthPort: env.PATCHBAY_PORT ? port : null,
    setupFromNetwork: oneOf(env, "PATCHBAY_SETUP_FROM_NETWORK", "off", ["on", "off"]) === "on",
    publicUrl: publicUrl(env, host, port),
    dataDir,
    database: postgresPlace(env) ?? { kind: "embedded", file: join(dataDir, "patchbay.db") },
    sandboxPort: env.PATCHBAY_SANDBOX === "off" ? null : whole(env, "PATCHBAY_SANDBOX_PORT", 8421, 0, 65_535),
    sandboxUrl: httpOrigin(env, "PATCHBAY_SANDBOX_URL"),
    sandboxClientKey: publicKey(env, "PATCHBAY_SANDBOX_CLIENT_KEY"),
    allowedHttpHosts: (env.PATCHBAY_ALLOW_HTTP ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "")
      .map(hostAndPort),
    maxBodyBytes: whole(env, "PATCHBAY_MAX_BODY_BYTES", 1_048_576, 1_024, 67_108_864),
    workerSlots: whole(env, "PATCHBAY_WORKER_SLOTS", 100, 0, 10_000),
    retentionDays: whole(env, "PATCHBAY_RETENTION_DAYS", 30, 0, 36_500),
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
  return httpOrigin(env, "PATCHBAY_PUBLIC_URL") ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function httpOrigin(env: NodeJS.ProcessEnv, name: string): string | null {
  const text = env[name];
  if (text === undefined || text === "") return null;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new AppError("config", `${name} must be an http or https URL, not "${text}"`);
  return new URL(text).origin;
}

/** In PEM; a variable of one line has its line ends written as \n. */
function publicKey(env: NodeJS.ProcessEnv, name: string): string | null {
  const text = env[name]?.replaceAll("\\n", "\n");
  if (text === undefined || text === "") return null;
  if (/PRIVATE/.test(text))
    throw new AppError("config", `${name} must be the public key alone: keep the private one to the client`);
  try {
    createPublicKey(text);
    return text;
  } catch (cause) {
    throw new AppError("config", `${name} must be a public key in PEM`, { cause });
  }
}

/** Null where there is no `DATABASE_URL`. What it holds is in no message: a password may be in it. */
function postgresPlace(env: NodeJS.ProcessEnv): PostgresPlace | null {
  const url = env.DATABASE_URL;
  const schema = env.PATCHBAY_DATABASE_SCHEMA || "patchbay";
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(schema))
    throw new AppError(
      "config",
      `PATCHBAY_DATABASE_SCHEMA must be a letter and up to 40 letters, digits or _, all lower case, not "${schema}"`,
    );
  if (url === undefined || url === "") return null;
  if (!URL.canParse(url) || !/^postgres(?:ql)?:$/.test(new URL(url).protocol))
    throw new AppError("config", "DATABASE_URL must be a postgres:// or postgresql:// URL (not shown: it may hold a password)");
  return { kind: "postgres", url, schema };
}

function hostAndPort(text: string): string {
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+):\d{1,5}$/i.test(text))
    throw new AppError("config", `PATCHBAY_ALLOW_HTTP must list host:port pairs, and "${text}" is none`);
  return text.toLowerCase();
}
