import type { JournalRecord } from "../engine-store.ts";
import { addBlobs, type BlobRow, decodeRecord, type JournalRow, lacksBlobs } from "../journal-rows.ts";
import type { EngineStatements } from "./engine-statements.ts";

/** Reads a run's journal after entry `after`, with all its values. */
export function readRecords(sql: EngineStatements, run: string, after: number): JournalRecord[] {
  const records = (sql.selectRecords.all(run, after) as JournalRow[]).map(decodeRecord);
  return withBlobs(sql, run, after, records);
}

/** Reads one entry with its values. */
export function readRecord(sql: EngineStatements, run: string, number: number): JournalRecord | null {
  const row = sql.selectRecord.get(run, number) as JournalRow | undefined;
  return row ? (withBlobs(sql, run, number - 1, [decodeRecord(row)])[0] ?? null) : null;
}

function withBlobs(sql: EngineStatements, run: string, after: number, records: JournalRecord[]): JournalRecord[] {
  const last = records.at(-1)?.entry.number ?? after;
  if (lacksBlobs(records)) addBlobs(records, sql.selectBlobs.all(run, after, last) as BlobRow[]);
  return records;
}
