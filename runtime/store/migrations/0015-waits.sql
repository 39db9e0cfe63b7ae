-- Steps that wait for an event or a person, for as long as they do. `entry`: the journal's number of what is shown of it; `approvers`: ids as
-- a JSON list, empty for everybody; the last three: of events of that trigger, the one with this value at that path of its body resumes it.
CREATE TABLE waits (
  run_id TEXT NOT NULL,
  step TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  entry BIGINT NOT NULL,
  approvers TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  trigger_node TEXT,
  path TEXT,
  key TEXT,
  PRIMARY KEY (run_id, step)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX waits_by_key ON waits (flow_id, trigger_node, path, key) WHERE key IS NOT NULL;
CREATE INDEX waits_by_workspace ON waits (workspace_id, kind, since);
