-- Tests that are kept with a flow. `document`: a flow test as JSON. The last three: how it went last, on which revision of the draft.
CREATE TABLE flow_tests (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  expectations BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  passed BIGINT,
  run_at BIGINT,
  run_revision BIGINT
) /*sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX flow_tests_by_name ON flow_tests (flow_id, name);
