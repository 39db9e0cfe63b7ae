-- A call of which nobody knows whether it was performed waits for a person as well, and for as long as it takes: `until` is NULL.
CREATE TABLE waits_with_outcomes (
  run_id TEXT NOT NULL,
  step TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  entry BIGINT NOT NULL,
  approvers TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT,
  trigger_node TEXT,
  path TEXT,
  key TEXT,
  PRIMARY KEY (run_id, step)
) /*sqlite: WITHOUT ROWID */;
INSERT INTO waits_with_outcomes SELECT * FROM waits;
DROP TABLE waits;
ALTER TABLE waits_with_outcomes RENAME TO waits;
CREATE INDEX waits_by_key ON waits (flow_id, trigger_node, path, key) WHERE key IS NOT NULL;
CREATE INDEX waits_by_workspace ON waits (workspace_id, kind, since);
