import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalValues } from "../../shared/run/journal.ts";
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

/** What of one run is secret: values that steps have marked, wherever they turn up later. */
export type RunSecrets = {
  /** Takes note of what an output has at the paths that its node marks. */
  mark(output: Json | undefined, paths: readonly string[]): void;
  /** Values as they are stored: what is secret is sealed. The same values when nothing is. */
  hide(values: JournalValues): JournalValues;
  /** Values as they were before they were stored; what was sealed counts as secret from then on. */
  reveal(values: JournalValues): JournalValues;
};

/** Shorter texts turn up by chance. */
const shortest = 4;

export function createRunSecrets(sealer: ValueSealer, workspace: string): RunSecrets {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  const wholes = new WeakSet<object>();

  function note(value: Json): void {
    if (typeof value === "string" && value.length >= shortest) texts.add(value);
    else if (typeof value === "number") numbers.add(value);
    else if (typeof value === "object" && value !== null) {
      wholes.add(value);
      for (const inner of Object.values(value)) note(inner);
    }
  }

  function isSecret(value: Json): boolean {
    if (typeof value === "number") return numbers.has(value);
    if (typeof value === "object") return value !== null && wholes.has(value);
    if (typeof value !== "string") return false;
    for (const text of texts) if (value.includes(text)) return true;
    return false;
  }

  function hideIn(value: Json): Json {
    return isSecret(value) ? sealer.seal(workspace, value) : mapInside(value, hideIn);
  }

  function revealIn(value: Json): Json {
    if (!isSealed(value)) return mapInside(value, revealIn);
    const opened = sealer.open(workspace, value);
    if (opened !== value) note(opened);
    return opened;
  }

  return {
    mark(output, paths) {
      for (const path of paths) {
        const keys = parsePath(path);
        const found = keys && output !== undefined ? (readPath(output, keys) as Json | undefined) : undefined;
        if (found !== undefined && found !== null) note(found);
      }
    },
    hide: (values) => (texts.size + numbers.size === 0 ? values : mapValues(values, hideIn)),
    reveal: (values) => mapValues(values, revealIn),
  };
}

function mapValues(values: JournalValues, change: (value: Json) => Json): JournalValues {
  const entries = Object.entries(values).map(([name, value]) => [name, value === undefined ? undefined : change(value)]);
  return Object.fromEntries(entries) as JournalValues;
}

/** The same value when nothing in it changed. */
function mapInside(value: Json, change: (inner: Json) => Json): Json {
  if (typeof value !== "object" || value === null) return value;
  let changed = false;
  const inside = (inner: Json) => {
    const next = change(inner);
    changed ||= next !== inner;
    return next;
  };
  const mapped = Array.isArray(value)
    ? value.map(inside)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inside(inner)]));
  return changed ? mapped : value;
}
