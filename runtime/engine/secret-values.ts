import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import type { Json } from "../../shared/json.ts";
import { isSealed, sealedField } from "../../shared/run/sealed-value.ts";
import type { EngineStore } from "../store/engine-store.ts";

/** Encrypts values of journals (AES-256-GCM), bound to their workspace: what was copied to another one does not open. */
export type ValueSealer = {
  seal(workspace: string, value: Json): Json;
  /** All that is sealed inside of a value, opened; what was sealed for another workspace stays as it is. Null: for whichever. */
  open(workspace: string | null, value: Json): Json;
};

const ivLength = 12;
const tagLength = 16;

/** `key`: 32 bytes for this purpose alone. */
export function createValueSealer(key: Buffer): ValueSealer {
  const secret = createSecretKey(key);

  function seal(workspace: string, value: Json): Json {
    const iv = randomBytes(ivLength);
    const cipher = createCipheriv("aes-256-gcm", secret, iv, { authTagLength: tagLength }).setAAD(Buffer.from(workspace));
    const text = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final(), cipher.getAuthTag()]);
    return { [sealedField]: `v1.${workspace}.${iv.toString("base64url")}.${text.toString("base64url")}` };
  }

  function openOne(wanted: string | null, sealed: string): Json | undefined {
    const [version, workspace = "", iv = "", text = ""] = sealed.split(".");
    const bytes = Buffer.from(text, "base64url");
    if (version !== "v1" || bytes.length < tagLength || (wanted !== null && wanted !== workspace)) return undefined;
    try {
      const decipher = createDecipheriv("aes-256-gcm", secret, Buffer.from(iv, "base64url"), { authTagLength: tagLength })
        .setAAD(Buffer.from(workspace))
        .setAuthTag(bytes.subarray(-tagLength));
      return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(0, -tagLength)), decipher.final()]).toString("utf8"));
    } catch {
      // Data of others may look like ours.
      return undefined;
    }
  }

  function open(workspace: string | null, value: Json): Json {
    if (isSealed(value)) return openOne(workspace, value[sealedField]) ?? value;
    return mapInside(value, (inner) => open(workspace, inner));
  }

  return { seal, open };
}

/** The engine store as whoever answers a sender reads it: what a run answers goes out as the flow made it. */
export function openAnswers(engine: EngineStore, sealer: ValueSealer): EngineStore {
  return {
    ...engine,
    async entry(run, number) {
      const record = await engine.entry(run, number);
      if (!record?.sealed || record.entry.kind !== "run-answered") return record;
      return { ...record, values: { ...record.values, output: sealer.open(null, record.values.output ?? null) } };
    },
  };
}

/** The same value when nothing in it changed. */
export function mapInside(value: Json, change: (inner: Json, key: string) => Json): Json {
  if (typeof value !== "object" || value === null) return value;
  let changed = false;
  const inside = (inner: Json, key: string) => {
    const next = change(inner, key);
    changed ||= next !== inner;
    return next;
  };
  const mapped = Array.isArray(value)
    ? value.map((inner, index) => inside(inner, String(index)))
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inside(inner, key)]));
  return changed ? mapped : value;
}
