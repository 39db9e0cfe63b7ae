-- Runs of flows that limit how many go on at a time, by key: those that go on, and those that wait for their turn. A run that has ended
-- counts no more, so a place is given back in the commit that ends it; its row is deleted later.
CREATE TABLE run_turns (
  run_id TEXT PRIMARY KEY,
  flow_id TEXT NOT NULL,
  key TEXT NOT NULL,
  most BIGINT NOT NULL,
  going BIGINT NOT NULL,
  -- A newer one has taken its place.
  displaced BIGINT NOT NULL DEFAULT 0
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX run_turns_by_key ON run_turns (flow_id, key, going, run_id);

/*postgres:
-- When each flow was told to come back, by its id: told_at was the same for all of them.
ALTER TABLE places ADD COLUMN told JSONB NOT NULL DEFAULT '{}';
*/
