-- On SQLite the keys of hooks lie in parts, in the order in which they came (store/sqlite/dedupe-keys.ts): new ones lie together, however
-- many there are. Part 0 is not divided: the keys of what we make ourselves, and all keys on Postgres.
/*postgres:
ALTER TABLE dedupe_keys ADD COLUMN part BIGINT NOT NULL DEFAULT 0;
*/
/*sqlite:
CREATE TABLE divided_keys (
  part BIGINT NOT NULL DEFAULT 0,
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  event_id TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (part, scope, key)
) WITHOUT ROWID;
INSERT INTO divided_keys (part, scope, key, event_id, expires_at)
  SELECT CASE substr(scope, 1, 5) WHEN 'hook_' THEN 1 ELSE 0 END, scope, key, event_id, expires_at FROM dedupe_keys ORDER BY 1, 2, 3;
DROP TABLE dedupe_keys;
ALTER TABLE divided_keys RENAME TO dedupe_keys;
CREATE INDEX dedupe_keys_by_expiry ON dedupe_keys (expires_at);

-- What is known of a part that gets no more keys. `filter`: says of most keys that they are not in it (store/sqlite/key-filter.ts).
-- `expires_at`: of the key that counts longest.
CREATE TABLE dedupe_parts (
  part BIGINT PRIMARY KEY,
  filter BYTEA NOT NULL,
  expires_at BIGINT NOT NULL
);
*/
