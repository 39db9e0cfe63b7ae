-- Answers of passed tests, the newest few of each endpoint: response parameters are pulled from them, and later tests take values of
-- them. `body`: JSON, cut where it is long.
CREATE TABLE endpoint_samples (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  taken_at BIGINT NOT NULL
);
CREATE INDEX endpoint_samples_of ON endpoint_samples (connector_id, endpoint, id);
-- What a test's assertions came to: JSON, a list of {passed, message}.
ALTER TABLE endpoint_tests ADD COLUMN assertions TEXT NOT NULL DEFAULT '[]';
