import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { AppError } from "../../shared/app-error.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";

/** Where a secret is stored. It is bound into the seal, so that a record copied to another row, field or workspace does not open. */
export type SealedPlace = { table: string; row: string; workspace: string; field: string };

export type Vault = {
  /** Encrypts a text for one place: `v1.<master key id>.<data key id>.<iv>.<ciphertext>.<tag>`. Throws `vault`, never with the text. */
  seal(place: SealedPlace, plaintext: string): Promise<string>;
  /** Decrypts what was sealed for exactly this place. Throws `vault` when it was not, was changed, or its key is not here. */
  open(place: SealedPlace, sealed: string): Promise<string>;
  /** A key of 32 bytes for one purpose, made of the master key: the same on every node and after every start (HKDF-SHA256, RFC 5869). */
  derive(purpose: string): Buffer;
  /** Throws `vault` when the database's newest data key is not wrapped with this master key: its secrets could not be read. */
  check(): Promise<void>;
};

export type VaultDeps = {
  /** 32 bytes. */
  masterKey: Buffer;
  masterKeyId: string;
  sql: Sql;
  clock: Clock;
  ids: Ids;
  randomBytes: (size: number) => Buffer;
};

type DataKey = { id: string; key: KeyObject };
type DataKeyRow = { id: string; workspace_id: string; master_key_id: string; wrapped: string };
/** What AES-GCM makes of a text, each part base64url. */
type Box = { iv: string; ciphertext: string; tag: string };

const cipher = "aes-256-gcm";
// NIST SP 800-38D, 8.2.2: 96 random bits are safe for 2^32 texts under one key, far more than a workspace has secrets.
const ivLength = 12;
// Node accepts tags of 4 bytes unless it is told the length, and 4 bytes can be guessed.
const tagLength = 16;
const sealedRecord = /^v1\.([\w-]+)\.([\w-]+)\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;
const wrappedKey = /^v1\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;
const columns = "id, workspace_id, master_key_id, wrapped";

/**
 * Envelope encryption: each workspace's secrets are sealed with its data key, and data keys with the master key. Nothing is read
 * before the first use; data keys stay in memory after it. A database fault passes through as `unavailable`.
 */
export function createVault({ masterKey, masterKeyId, sql, clock, ids, randomBytes }: VaultDeps): Vault {
  const master = createSecretKey(masterKey);
  const current = new Map<string, Promise<DataKey>>();
  const byId = new Map<string, Promise<DataKey>>();

  async function newestOrNew(workspace: string): Promise<DataKey> {
    const newest = `SELECT ${columns} FROM data_keys WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1`;
    const [row] = await sql.read<DataKeyRow>(newest, [workspace]);
    return row === undefined ? createDataKey(workspace) : unwrap(row);
  }

  async function createDataKey(workspace: string): Promise<DataKey> {
    const id = ids.next("key");
    const key = randomBytes(32);
    const box = encrypt(master, randomBytes(ivLength), keyPlace(id, workspace), key);
    // Stored before anything is sealed with it: a record whose key was lost is lost too.
    const stored = await sql.commit([
      {
        text: "INSERT INTO data_keys (id, workspace_id, master_key_id, wrapped, created_at) VALUES ($1, $2, $3, $4, $5)",
        params: [id, workspace, masterKeyId, `v1.${box.iv}.${box.ciphertext}.${box.tag}`, clock()],
        expectRows: 1,
      },
    ]);
    if (stored.outcome !== "committed") throw new AppError("vault", "the new data key could not be stored");
    return { id, key: createSecretKey(key) };
  }

  async function stored(id: string): Promise<DataKey> {
    const [row] = await sql.read<DataKeyRow>(`SELECT ${columns} FROM data_keys WHERE id = $1`, [id]);
    if (row === undefined) throw new AppError("vault", `the data key ${id} does not exist`);
    return unwrap(row);
  }

  function unwrap(row: DataKeyRow): DataKey {
    requireSameKey(row.master_key_id, masterKeyId);
    const [, iv = "", ciphertext = "", tag = ""] = wrappedKey.exec(row.wrapped) ?? [];
    const key = decrypt(master, { iv, ciphertext, tag }, keyPlace(row.id, row.workspace_id));
    if (key.length !== 32) throw new AppError("vault", `the data key ${row.id} has a wrong length`);
    return { id: row.id, key: createSecretKey(key) };
  }

  return {
    async seal(place, plaintext) {
      const { id, key } = await once(current, place.workspace, newestOrNew);
      const box = encrypt(key, randomBytes(ivLength), place, Buffer.from(plaintext, "utf8"));
      return `v1.${masterKeyId}.${id}.${box.iv}.${box.ciphertext}.${box.tag}`;
    },
    async open(place, sealed) {
      const [match, masterId = "", id = "", iv = "", ciphertext = "", tag = ""] = sealedRecord.exec(sealed) ?? [];
      if (match === undefined) throw new AppError("vault", `${nameOf(place)} is no sealed record`);
      requireSameKey(masterId, masterKeyId);
      const { key } = await once(byId, id, stored);
      return decrypt(key, { iv, ciphertext, tag }, place).toString("utf8");
    },
    derive: (purpose) => Buffer.from(hkdfSync("sha256", master, "", `patchbay ${purpose}`, 32)),
    async check() {
      const [row] = await sql.read<DataKeyRow>(`SELECT ${columns} FROM data_keys ORDER BY created_at DESC, id DESC LIMIT 1`);
      if (row !== undefined) unwrap(row);
    },
  };
}

function requireSameKey(sealedWith: string, present: string): void {
  if (sealedWith === present) return;
  throw new AppError(
    "vault",
    `what is stored was encrypted with the master key ${sealedWith}, but this process was given ${present}: start it with the other one (PATCHBAY_ENCRYPTION_KEY or PATCHBAY_ENCRYPTION_KEY_FILE)`,
  );
}

/** Calls of one key share one promise; a failed one is forgotten, so that the next call tries again. */
function once<T>(known: Map<string, Promise<T>>, key: string, make: (key: string) => Promise<T>): Promise<T> {
  const shared = known.get(key);
  if (shared) return shared;
  const made = make(key);
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

function keyPlace(id: string, workspace: string): SealedPlace {
  return { table: "data_keys", row: id, workspace, field: "wrapped" };
}

function encrypt(key: KeyObject, iv: Buffer, place: SealedPlace, plaintext: Buffer): Box {
  const sealing = createCipheriv(cipher, key, iv, { authTagLength: tagLength });
  sealing.setAAD(boundTo(place));
  const ciphertext = Buffer.concat([sealing.update(plaintext), sealing.final()]);
  return {
    iv: iv.toString("base64url"),
    ciphertext: ciphertext.toString("base64url"),
    tag: sealing.getAuthTag().toString("base64url"),
  };
}

/** Nothing of the text is given before the tag was checked. */
function decrypt(key: KeyObject, box: Box, place: SealedPlace): Buffer {
  try {
    const opening = createDecipheriv(cipher, key, bytesOf(box.iv), { authTagLength: tagLength });
    opening.setAAD(boundTo(place));
    opening.setAuthTag(bytesOf(box.tag));
    return Buffer.concat([opening.update(bytesOf(box.ciphertext)), opening.final()]);
  } catch (cause) {
    throw new AppError("vault", `${nameOf(place)} cannot be decrypted: it was changed, or sealed for another place`, { cause });
  }
}

/** Only the one base64url text of some bytes (RFC 4648, 3.5): spare bits that do not count would be a second text for the same record. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw new AppError("vault", "this is not base64url");
  return bytes;
}

/** As JSON, so that no two places have the same bytes, whatever characters their parts hold. */
function boundTo({ table, row, workspace, field }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([table, row, workspace, field, "v1"]), "utf8");
}

function nameOf({ table, row, field }: SealedPlace): string {
  return `${table}.${field} of ${row}`;
}
