import type { SqliteDatabase } from "./open-database.ts";

export type EngineStatements = ReturnType<typeof prepareEngineStatements>;

const hint =
  "RETURNING workspace_id AS workspace, flow_id AS flow, status, journal_length AS length, answer_entry IS NOT NULL AS answered";

/** The statements of the hot verbs, prepared once. Positional parameters, because binding by name costs a lookup each. */
export function prepareEngineStatements(db: SqliteDatabase) {
  const prepare = (text: string) => db.prepare<unknown[]>(text);
  return {
    selectRunsOf: prepare(`SELECT runs FROM events WHERE id = ?`),
    insertEvent: prepare(
      `INSERT INTO events (id, workspace_id, flow_id, hook_id, source, received_at, method, headers, query, content_type, dedupe_key, runs, body,
         delivery_id, item, node, event_type, verified, held, filtered, replay_of, replayed_by)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertDelivery: prepare(`INSERT INTO deliveries (id, workspace_id, hook_id, received_at, body) VALUES (?, ?, ?, ?, ?)`),
    countDuplicate: prepare(`UPDATE events SET duplicates = duplicates + 1, last_duplicate_at = ? WHERE id = ?`),
    holdEvent: prepare(`UPDATE events SET runs = ?, held = max(held, ?) WHERE id = ?`),
    selectHeld: prepare(
      `SELECT id, workspace_id AS workspace, source, node FROM events WHERE flow_id = ? AND held = 1
         AND EXISTS (SELECT 1 FROM flows WHERE flows.id = events.flow_id AND state = 'published' AND published_version_id = ?)
       ORDER BY id LIMIT ?`,
    ),
    countHeld: prepare(`SELECT count(*) AS held FROM events WHERE flow_id = ? AND held = 1`),
    releaseEvent: prepare(`UPDATE events SET held = 0, runs = ? WHERE id = ?`),
    insertRun: prepare(
      `INSERT INTO runs (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, status, wake_at, created_at, depth)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)`,
    ),
    insertPrepared: prepare(
      `INSERT INTO runs (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, status, wake_at, created_at,
         journal_length, parent_run_id, parent_step, depth, rerun_of, answer_entry)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    selectClaimable: prepare(
      `SELECT epoch, workspace_id AS workspace, flow_id AS flow, flow_version_id AS flowVersion, trigger_node AS "trigger", source,
              event_id AS event, status, created_at AS createdAt, journal_length AS journalLength,
              parent_run_id AS parentRun, parent_step AS parentStep, depth,
              EXISTS (SELECT 1 FROM signals WHERE run_id = runs.id) AS signaled
       FROM runs WHERE id = ? AND owner IS NULL AND finished_at IS NULL`,
    ),
    beginRun: prepare(
      `UPDATE runs SET epoch = epoch + 1, owner = ?, wake_at = NULL, status = 'running', started_at = coalesce(started_at, ?) WHERE id = ?`,
    ),
    selectEvent: prepare(
      `SELECT id, source, received_at AS receivedAt, method, headers, query, content_type AS contentType, event_type AS eventType, body FROM events WHERE id = ?`,
    ),
    // The condition on the epoch is the fence: a later claim has raised it. The one on the length keeps the numbers without a gap.
    extendRun: prepare(
      `UPDATE runs SET journal_length = journal_length + ?, answer_entry = coalesce(answer_entry, ?)
       WHERE id = ? AND epoch = ? AND owner IS NOT NULL AND journal_length = coalesce(?, journal_length) ${hint}`,
    ),
    parkRun: prepare(
      `UPDATE runs SET journal_length = journal_length + ?, answer_entry = coalesce(answer_entry, ?), status = ?, owner = NULL, wake_at = ?
       WHERE id = ? AND epoch = ? AND owner IS NOT NULL AND journal_length = coalesce(?, journal_length) ${hint}`,
    ),
    finishRun: prepare(
      `UPDATE runs SET journal_length = journal_length + ?, answer_entry = coalesce(answer_entry, ?), status = ?, owner = NULL, wake_at = NULL,
              error = ?, finished_at = ?
       WHERE id = ? AND epoch = ? AND owner IS NOT NULL AND journal_length = coalesce(?, journal_length) ${hint}`,
    ),
    insertEntry: prepare(`INSERT INTO journal (run_id, number, entry, value_texts) VALUES (?, ?, ?, ?)`),
    insertBlob: prepare(`INSERT INTO blobs (run_id, number, name, value_text) VALUES (?, ?, ?, ?)`),
    selectEntries: prepare(`SELECT entry FROM journal WHERE run_id = ? AND number > ? ORDER BY number`),
    selectRecords: prepare(
      `SELECT number, entry, value_texts AS valueTexts FROM journal WHERE run_id = ? AND number > ? ORDER BY number`,
    ),
    selectRecord: prepare(`SELECT number, entry, value_texts AS valueTexts FROM journal WHERE run_id = ? AND number = ?`),
    selectBlobs: prepare(`SELECT number, name, value_text AS text FROM blobs WHERE run_id = ? AND number > ? AND number <= ?`),
    // A run that is held is told by the bus; its holder sees the signal at the latest when it parks.
    wakeForSignal: prepare(
      `UPDATE runs SET wake_at = CASE WHEN owner IS NULL THEN ? ELSE wake_at END WHERE id = ? AND finished_at IS NULL`,
    ),
    insertSignal: prepare(`INSERT INTO signals (id, run_id, signal, created_at) VALUES (?, ?, ?, ?)`),
    selectSignals: prepare(`SELECT id, signal FROM signals WHERE run_id = ? ORDER BY id`),
    deleteSignal: prepare(`DELETE FROM signals WHERE id = ?`),
    deleteSignals: prepare(`DELETE FROM signals WHERE run_id = ?`),
    insertWait: prepare(
      `INSERT INTO waits (run_id, step, workspace_id, flow_id, kind, entry, approvers, since, until, trigger_node, path, key)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, step) DO NOTHING`,
    ),
    deleteWait: prepare(`DELETE FROM waits WHERE run_id = ? AND step = ?`),
    selectWaits: prepare(
      `SELECT run_id AS run, step FROM waits WHERE flow_id = ? AND trigger_node = ? AND path = ? AND key = ? AND until > ?
       ORDER BY run_id, step`,
    ),
    wakeParkedForSignal: prepare(`UPDATE runs SET wake_at = ? WHERE id = ? AND EXISTS (SELECT 1 FROM signals WHERE run_id = ?)`),
    postponeRun: prepare(`UPDATE runs SET wake_at = ? WHERE id = ? AND owner IS NULL AND finished_at IS NULL`),
    selectOwned: prepare(`SELECT id FROM runs WHERE finished_at IS NULL AND owner IS NOT NULL`),
    recoverRun: prepare(`UPDATE runs SET owner = NULL, wake_at = ? WHERE id = ?`),
    selectDue: prepare(`SELECT id FROM runs WHERE finished_at IS NULL AND wake_at <= ? ORDER BY wake_at LIMIT ?`),
    selectNextDue: prepare(`SELECT min(wake_at) AS wakeAt FROM runs WHERE finished_at IS NULL AND wake_at IS NOT NULL`),
    selectState: prepare(`SELECT status, answer_entry AS answerEntry, error FROM runs WHERE id = ?`),
  };
}
