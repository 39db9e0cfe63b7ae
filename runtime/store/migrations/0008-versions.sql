-- A version of a connector is published with a note; flows of a workspace use the one that is installed there.
ALTER TABLE connector_versions ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE connector_versions ADD COLUMN published_by TEXT;

-- `source`: local (Local test, "Add app now") or marketplace.
CREATE TABLE installations (
  workspace_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  version_id TEXT NOT NULL,
  source TEXT NOT NULL,
  installed_by TEXT,
  installed_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, connector_id)
);
-- Connectors that flows use already, built-in ones among them.
INSERT INTO installations (workspace_id, connector_id, version_id, source, installed_at)
  SELECT v.workspace_id, v.connector_id, v.id, 'local', v.created_at FROM connector_versions v
  WHERE v.number = (SELECT max(number) FROM connector_versions WHERE connector_id = v.connector_id);

-- A version that somebody wants in the marketplace. `state`: in-review, approved, rejected or withdrawn; the newest approved one of a
-- connector is what the marketplace lists. `checklist`: JSON, what the reviewer looked at.
CREATE TABLE submissions (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  version_id TEXT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  checklist TEXT NOT NULL DEFAULT '{}',
  reason TEXT NOT NULL DEFAULT '',
  submitted_by TEXT NOT NULL,
  submitted_at BIGINT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT
);
CREATE INDEX submissions_by_connector ON submissions (connector_id, submitted_at);
