-- One text for SQLite and Postgres; what stands in /*sqlite: … */ is for SQLite alone. Times are integer milliseconds.
CREATE TABLE workspaces (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE connectors (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  key TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (workspace_id, key)
);

CREATE TABLE connector_versions (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  document TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (connector_id, number)
);

CREATE TABLE connections (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  name TEXT NOT NULL,
  target TEXT NOT NULL,
  credentials TEXT NOT NULL,
  token TEXT,
  token_expires_at BIGINT,
  token_version BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);

CREATE TABLE flows (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  state TEXT NOT NULL,
  published_version_id TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A frozen flow, with the connector versions and the connections that its nodes use.
CREATE TABLE flow_versions (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  document TEXT NOT NULL,
  connector_versions TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (flow_id, number)
);

-- `revision` rises with every change, so that what is compiled from a row can be cached by it.
CREATE TABLE hooks (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  node TEXT NOT NULL,
  recipe TEXT NOT NULL,
  answer TEXT NOT NULL,
  secrets TEXT,
  secret_set_at BIGINT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX hooks_by_flow ON hooks (flow_id);

-- Raw bodies, stored before they are acknowledged. `runs` is the JSON list of the runs each one started.
CREATE TABLE events (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  hook_id TEXT,
  source TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  method TEXT NOT NULL,
  headers TEXT NOT NULL,
  query TEXT NOT NULL,
  content_type TEXT,
  dedupe_key TEXT,
  runs TEXT NOT NULL,
  body BYTEA NOT NULL
);
CREATE INDEX events_by_workspace ON events (workspace_id, id);

CREATE TABLE dedupe_keys (
  hook_id TEXT NOT NULL,
  key TEXT NOT NULL,
  event_id TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (hook_id, key)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX dedupe_keys_by_expiry ON dedupe_keys (expires_at);

-- `epoch` is the fence: each claim raises it, and only writes that carry the newest one are taken.
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  flow_version_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  source TEXT NOT NULL,
  trigger_node TEXT NOT NULL,
  status TEXT NOT NULL,
  epoch BIGINT NOT NULL DEFAULT 0,
  owner TEXT,
  wake_at BIGINT,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  error TEXT,
  journal_length BIGINT NOT NULL DEFAULT 0,
  answer_entry BIGINT
);
CREATE INDEX runs_by_workspace ON runs (workspace_id, id);
CREATE INDEX runs_by_flow ON runs (flow_id, id);
CREATE INDEX runs_active ON runs (wake_at) WHERE finished_at IS NULL;

CREATE TABLE journal (
  run_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  entry TEXT NOT NULL,
  value_texts TEXT,
  PRIMARY KEY (run_id, number)
) /*sqlite: WITHOUT ROWID */;

-- Journal values over 64 KB, written in the same commit as their entry.
CREATE TABLE blobs (
  run_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  value_text TEXT NOT NULL,
  PRIMARY KEY (run_id, number, name)
);

-- What anyone but its holder leaves for a run.
CREATE TABLE signals (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  signal TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX signals_by_run ON signals (run_id, id);
