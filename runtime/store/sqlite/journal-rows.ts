import type { JournalEntry, JournalValues, ValueName } from "../../../shared/run/journal.ts";
import type { JournalRecord } from "../engine-store.ts";
import type { EngineStatements } from "./engine-statements.ts";

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

type Row = { number: number; entry: string; valueTexts: string | null };

/** Reads a run's journal after entry `after`, with all its values. */
export function readRecords(sql: EngineStatements, run: string, after: number): JournalRecord[] {
  const records = (sql.selectRecords.all(run, after) as Row[]).map(decode);
  return withBlobs(sql, run, after, records);
}

/** Reads one entry with its values. */
export function readRecord(sql: EngineStatements, run: string, number: number): JournalRecord | null {
  const row = sql.selectRecord.get(run, number) as Row | undefined;
  return row ? (withBlobs(sql, run, number - 1, [decode(row)])[0] ?? null) : null;
}

function decode(row: Row): JournalRecord {
  return {
    entry: JSON.parse(row.entry) as JournalEntry,
    values: (row.valueTexts === null ? {} : JSON.parse(row.valueTexts)) as JournalValues,
  };
}

/** Adds the values that are named by an entry but stand in `blobs`. */
function withBlobs(sql: EngineStatements, run: string, after: number, records: JournalRecord[]): JournalRecord[] {
  if (!records.some(({ entry, values }) => entry.values?.some((name) => !Object.hasOwn(values, name)))) return records;
  const byNumber = new Map(records.map((record) => [record.entry.number, record.values]));
  const last = records.at(-1)?.entry.number ?? after;
  for (const blob of sql.selectBlobs.all(run, after, last) as { number: number; name: ValueName; text: string }[]) {
    const values = byNumber.get(blob.number);
    if (values) values[blob.name] = JSON.parse(blob.text);
  }
  return records;
}
