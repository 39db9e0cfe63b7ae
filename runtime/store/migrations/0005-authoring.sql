-- What people edit: connectors and flows have a draft each, saved on a base revision.
ALTER TABLE connectors ADD COLUMN origin TEXT NOT NULL DEFAULT 'built-in';
ALTER TABLE connectors ADD COLUMN draft TEXT;
ALTER TABLE connectors ADD COLUMN draft_revision BIGINT NOT NULL DEFAULT 0;
-- The connector as it was imported, for a later three-way merge.
ALTER TABLE connectors ADD COLUMN imported TEXT;
ALTER TABLE connectors ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;

-- Imports that nobody has made a connector of yet; they are kept for a day.
CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  document TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- The last test of each endpoint. `fingerprint` is that of what was tested: another one means that the test is stale.
CREATE TABLE endpoint_tests (
  workspace_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  passed BIGINT NOT NULL,
  status BIGINT,
  message TEXT NOT NULL,
  inputs TEXT NOT NULL,
  connection_id TEXT,
  tested_at BIGINT NOT NULL,
  PRIMARY KEY (connector_id, endpoint)
);

-- `state`: unverified, healthy or broken, with what the API answered when it was last checked.
ALTER TABLE connections ADD COLUMN state TEXT NOT NULL DEFAULT 'unverified';
ALTER TABLE connections ADD COLUMN account TEXT;
ALTER TABLE connections ADD COLUMN message TEXT;
ALTER TABLE connections ADD COLUMN checked_at BIGINT;
ALTER TABLE connections ADD COLUMN credentials_set_at BIGINT NOT NULL DEFAULT 0;
-- Credentials that are no secret, e.g. a user name, to be shown.
ALTER TABLE connections ADD COLUMN open_values TEXT NOT NULL DEFAULT '{}';
-- Where the credentials may be sent, e.g. `https://api.example.com`; null for a sandbox, and until the next start for older rows.
ALTER TABLE connections ADD COLUMN origin TEXT;
UPDATE connections SET credentials_set_at = created_at;

ALTER TABLE flows ADD COLUMN draft TEXT;
ALTER TABLE flows ADD COLUMN draft_revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE flows ADD COLUMN draft_saved_at BIGINT;
-- The client's name for the save that made this revision: the same save again is answered, not made twice.
ALTER TABLE flows ADD COLUMN draft_save TEXT;

-- A test run freezes the draft into an unlisted version: it has no number.
CREATE TABLE flow_versions_next (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  number BIGINT,
  document TEXT NOT NULL,
  connector_versions TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (flow_id, number)
);
INSERT INTO flow_versions_next SELECT id, workspace_id, flow_id, number, document, connector_versions, created_at FROM flow_versions;
DROP TABLE flow_versions;
ALTER TABLE flow_versions_next RENAME TO flow_versions;

CREATE UNIQUE INDEX hooks_by_node ON hooks (flow_id, node);

-- Only the SHA-256 of a token is stored. What somebody gave out ends with their own right to invite.
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
ALTER TABLE memberships ADD COLUMN joined_at BIGINT NOT NULL DEFAULT 0;
UPDATE memberships SET joined_at = (SELECT created_at FROM users WHERE users.id = memberships.user_id);
