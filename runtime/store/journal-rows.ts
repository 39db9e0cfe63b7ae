import type { JournalEntry, JournalValues, ValueName } from "../../shared/run/journal.ts";
import { sealedField } from "../../shared/run/sealed-value.ts";
import type { JournalRecord, PreparedRun } from "./engine-store.ts";

/** Values whose JSON is longer than this many characters are rows of `blobs`. */
const blobThreshold = 64 * 1024;

export type EncodedRecord = { number: number; entry: string; valueTexts: string | null; blobs: { name: string; text: string }[] };

/** Turns records into rows before they enter the shared commit, so that what cannot be text is refused alone and early. */
export function encodeRecords(records: JournalRecord[]): { records: EncodedRecord[] } | { problem: string } {
  try {
    return { records: records.map(encodeRecord) };
  } catch (error) {
    return { problem: `a journal entry cannot be stored: ${String(error)}` };
  }
}

export type EncodedStart = { run: PreparedRun; rows: EncodedRecord[] };

/** The same for runs that begin with entries. */
export function encodeStarts(runs: PreparedRun[]): { encoded: EncodedStart[] } | { problem: string } {
  const encoded: EncodedStart[] = [];
  for (const run of runs) {
    const rows = encodeRecords(run.records);
    if ("problem" in rows) return rows;
    encoded.push({ run, rows: rows.records });
  }
  return { encoded };
}

function encodeRecord({ entry, values }: JournalRecord): EncodedRecord {
  const blobs: EncodedRecord["blobs"] = [];
  const small: string[] = [];
  for (const name of entry.values ?? []) {
    const text = JSON.stringify(values[name] ?? null);
    if (text.length > blobThreshold) blobs.push({ name, text });
    else small.push(`"${name}":${text}`);
  }
  return {
    number: entry.number,
    entry: JSON.stringify(entry),
    valueTexts: small.length > 0 ? `{${small.join(",")}}` : null,
    blobs,
  };
}

/** Found in a row's text without reading it: nearly none has it. */
const sealedMark = `"${sealedField}"`;

export type JournalRow = { entry: string; valueTexts: string | null };
export type BlobRow = { number: number; name: ValueName; text: string };

export function decodeRecord(row: JournalRow): JournalRecord {
  return {
    entry: JSON.parse(row.entry) as JournalEntry,
    values: (row.valueTexts === null ? {} : JSON.parse(row.valueTexts)) as JournalValues,
    ...(row.valueTexts?.includes(sealedMark) && { sealed: true }),
  };
}

/** Is there a value that is named by an entry but stands in `blobs`? */
export function lacksBlobs(records: JournalRecord[]): boolean {
  return records.some(({ entry, values }) => entry.values?.some((name) => !Object.hasOwn(values, name)));
}

/** Puts the values that stand in `blobs` into their records. */
export function addBlobs(records: JournalRecord[], blobs: BlobRow[]): void {
  const byNumber = new Map(records.map((record) => [record.entry.number, record]));
  for (const blob of blobs) {
    const record = byNumber.get(blob.number);
    if (!record) continue;
    record.values[blob.name] = JSON.parse(blob.text);
    if (blob.text.includes(sealedMark)) record.sealed = true;
  }
}
