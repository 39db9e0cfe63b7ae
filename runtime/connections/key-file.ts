import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../../shared/app-error.ts";

/** `id` names the key in records and messages and tells nothing of it. `source`: where it came from, for the log. */
export type MasterKey = { key: Buffer; id: string; source: string };

const variable = "PATCHBAY_ENCRYPTION_KEY";
const fileVariable = "PATCHBAY_ENCRYPTION_KEY_FILE";
const keyLength = 32;
const windows = process.platform === "win32";

/**
 * The master key: `PATCHBAY_ENCRYPTION_KEY` (32 bytes as hex or base64), else the file that `PATCHBAY_ENCRYPTION_KEY_FILE` names,
 * else `patchbay.key` in `dataDir`, made on first use. `dataDir` null: it must be configured, since several nodes share it.
 * Throws `config`, naming variable or file, rather than run without a key or with a doubtful one.
 */
export function loadMasterKey({ env, dataDir }: { env: NodeJS.ProcessEnv; dataDir: string | null }): MasterKey {
  const text = env[variable];
  const file = env[fileVariable];
  if (text !== undefined && file !== undefined) throw config(`set ${variable} or ${fileVariable}, not both`);
  if (text !== undefined) return parseKey(text, variable);
  if (file !== undefined) return readKeyFile(file, fileVariable);
  if (dataDir === null)
    throw config(
      `${variable} or ${fileVariable} must be set, since all nodes need the same key; make one with: openssl rand -base64 ${keyLength}`,
    );
  const generated = join(dataDir, "patchbay.key");
  return (existsSync(generated) ? null : makeKeyFile(generated)) ?? readKeyFile(generated, "the generated key");
}

/** Gives null when another process has made the file meanwhile. */
function makeKeyFile(file: string): MasterKey | null {
  const key = randomBytes(keyLength);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    publish(file, `${key.toString("base64")}\n`);
    return { key, id: keyId(key), source: file };
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return null;
    throw config(`the key file ${file} cannot be made; set ${variable} instead`, cause);
  }
}

/** The file appears whole or not at all, and never over another: no second process can read half a key or replace one. */
function publish(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = openSync(draft, "wx", 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
    linkSync(draft, file);
    syncFolder(dirname(file));
  } finally {
    closeSync(handle);
    rmSync(draft, { force: true });
  }
}

/** Secrets sealed with the key may be durable from now on, so its name in the folder must be too. */
function syncFolder(folder: string): void {
  if (windows) return;
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}

function readKeyFile(file: string, source: string): MasterKey {
  const handle = open(file, source);
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile() || stat.size > 1_024) throw config(`${source}: ${file} is no key file`);
    if (!windows && (stat.mode & 0o077) !== 0)
      throw config(`others can read the key file ${file} (mode ${(stat.mode & 0o777).toString(8)}): run chmod 600 ${file}`);
    return parseKey(readFileSync(handle, "utf8"), file);
  } finally {
    closeSync(handle);
  }
}

function open(file: string, source: string): number {
  try {
    return openSync(file, "r");
  } catch (cause) {
    throw config(`${source}: the file ${file} cannot be read`, cause);
  }
}

function parseKey(text: string, source: string): MasterKey {
  const trimmed = text.trim();
  // 64 hex digits are base64 of 48 bytes as well, so hex comes first.
  const key = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? "hex" : "base64");
  const strict = key.toString("hex") === trimmed.toLowerCase() || key.toString("base64") === trimmed;
  if (!strict || key.length !== keyLength)
    throw config(`${source} must be exactly ${keyLength} bytes as hex or base64: openssl rand -base64 ${keyLength}`);
  return { key, id: keyId(key), source };
}

function keyId(key: Buffer): string {
  return createHash("sha256").update("patchbay master key id\0").update(key).digest("hex").slice(0, 12);
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

function config(message: string, cause?: unknown): AppError {
  return new AppError("config", message, { cause });
}
