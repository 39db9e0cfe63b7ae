-- A run may be started by a step of another run, or go over an earlier one again.
ALTER TABLE runs ADD COLUMN parent_run_id TEXT;
ALTER TABLE runs ADD COLUMN parent_step TEXT;
ALTER TABLE runs ADD COLUMN depth BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN rerun_of TEXT;
CREATE INDEX runs_by_parent ON runs (parent_run_id) WHERE parent_run_id IS NOT NULL;

-- Values that outlive a run. `scope` is the id of a flow, or that of the workspace.
CREATE TABLE key_values (
  workspace_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  value_text TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
) /*sqlite: WITHOUT ROWID */;

-- What a step has done to them, so that it does so once however often it is interrupted. Deleted with the run.
CREATE TABLE key_value_changes (
  run_id TEXT NOT NULL,
  step TEXT NOT NULL,
  before_text TEXT,
  after_text TEXT,
  PRIMARY KEY (run_id, step)
) /*sqlite: WITHOUT ROWID */;

-- Keys that a once step has seen; `step` is the run and the step that saw it first.
CREATE TABLE once_keys (
  workspace_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  step TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX once_keys_by_expiry ON once_keys (expires_at);
