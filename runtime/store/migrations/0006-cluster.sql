-- What several processes on one database share; of it SQLite, with its one process, needs only the duties.
/*postgres:
-- The database's own clock, in milliseconds: that of the nodes may differ.
CREATE FUNCTION now_ms() RETURNS BIGINT LANGUAGE sql VOLATILE AS 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';

-- Workers that are alive: each says so all the time. `place`: where its process number can be looked for; null when nobody can.
CREATE TABLE workers (
  name TEXT PRIMARY KEY,
  place TEXT,
  pid BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE leases (
  key TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until BIGINT NOT NULL
);

-- What a worker holds, to be given to the others when it dies.
CREATE INDEX runs_owned ON runs (owner) WHERE owner IS NOT NULL;
-- A run's row changes three times in a second and then never again: dead rows are cleared away early.
ALTER TABLE runs SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
ALTER TABLE signals SET (autovacuum_vacuum_scale_factor = 0.01);
*/

-- Duties that are done once on all nodes: a firing is a compare-and-swap of its due time.
CREATE TABLE duties (
  name TEXT PRIMARY KEY,
  due_at BIGINT NOT NULL
);

/*postgres:
-- Places among the calls of one account, see governor.ts; times in milliseconds with fractions. No call waits for a disk here.
CREATE UNLOGGED TABLE places (
  name TEXT PRIMARY KEY,
  last_at FLOAT8 NOT NULL,
  told_at FLOAT8 NOT NULL,
  limits_until FLOAT8 NOT NULL,
  wait_ms FLOAT8 NOT NULL,
  in_group INT[] NOT NULL,
  marks FLOAT8[] NOT NULL
) WITH (fillfactor = 25, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE places ALTER COLUMN marks SET STORAGE MAIN;
*/
