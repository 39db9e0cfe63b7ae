-- Incoming webhooks and triggers whole. A hook is a subscription's URL: `kind` is static, resthook, global (one of those that a global
-- URL routes to: it has no URL of its own in use) or api. What it is for: a connector's incoming webhook by key, with the connection and
-- the values of the trigger's form; own ones have neither.
ALTER TABLE hooks ADD COLUMN kind TEXT NOT NULL DEFAULT 'static';
ALTER TABLE hooks ADD COLUMN connector_id TEXT;
ALTER TABLE hooks ADD COLUMN webhook TEXT;
ALTER TABLE hooks ADD COLUMN connection_id TEXT;
ALTER TABLE hooks ADD COLUMN inputs TEXT NOT NULL DEFAULT '{}';
ALTER TABLE hooks ADD COLUMN challenges TEXT NOT NULL DEFAULT '[]';
-- JSON list of event filters: an event that does not pass is kept without a run.
ALTER TABLE hooks ADD COLUMN filters TEXT NOT NULL DEFAULT '[]';
-- own, or definition: then the secret is that of the connector's incoming webhook (webhook_secrets).
ALTER TABLE hooks ADD COLUMN secret_from TEXT NOT NULL DEFAULT 'own';
-- Sealed: what the provider has to send with a challenge.
ALTER TABLE hooks ADD COLUMN verify_token TEXT;
-- SHA-256 of the set-up sheet's link; null: there is none.
ALTER TABLE hooks ADD COLUMN sheet_hash TEXT;
-- Of a global one: the value that its events carry.
ALTER TABLE hooks ADD COLUMN route_value TEXT;
ALTER TABLE hooks ADD COLUMN global_hook_id TEXT;
-- The life of a RESThook; see runtime/subscriptions. `wanted`: on or off. `state`: pending, active, failed, unsubscribing or deleted.
-- `next_at`: when to look after it again, null when there is nothing to do. `lease_until`: somebody is at it until then.
-- `settled`: what the provider was told.
ALTER TABLE hooks ADD COLUMN wanted TEXT NOT NULL DEFAULT 'on';
ALTER TABLE hooks ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE hooks ADD COLUMN reason TEXT;
-- JSON list of the provider's ids that are to be unsubscribed still.
ALTER TABLE hooks ADD COLUMN leaving TEXT NOT NULL DEFAULT '[]';
-- The version whose calls it is made and ended with; publishing writes it (runtime/flows/arm-hooks.ts).
ALTER TABLE hooks ADD COLUMN connector_version_id TEXT;
ALTER TABLE hooks ADD COLUMN remote_id TEXT;
ALTER TABLE hooks ADD COLUMN settled TEXT;
ALTER TABLE hooks ADD COLUMN expires_at BIGINT;
ALTER TABLE hooks ADD COLUMN renew_at BIGINT;
ALTER TABLE hooks ADD COLUMN next_at BIGINT;
ALTER TABLE hooks ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hooks ADD COLUMN lease_until BIGINT;
CREATE INDEX hooks_due ON hooks (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX hooks_by_sheet ON hooks (sheet_hash) WHERE sheet_hash IS NOT NULL;
CREATE INDEX hooks_by_route ON hooks (global_hook_id, route_value) WHERE global_hook_id IS NOT NULL;

-- What happened to a subscription, for people. `step`: shared/event/subscription.ts.
CREATE TABLE subscription_steps (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  hook_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  step TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX subscription_steps_of ON subscription_steps (hook_id, id);

-- One secret for all subscriptions of a connector's incoming webhook, sealed, as in hooks.
CREATE TABLE webhook_secrets (
  workspace_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  webhook TEXT NOT NULL,
  secrets TEXT NOT NULL,
  secret_set_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, connector_id, webhook)
);

-- One URL for all events of an incoming webhook, as the installed version of the connector describes it; its secret is in webhook_secrets.
CREATE TABLE global_hooks (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  webhook TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (workspace_id, connector_id, webhook)
);
-- An administrator vouches for it: it may have global URLs.
ALTER TABLE connectors ADD COLUMN vouched_for BIGINT NOT NULL DEFAULT 0;

-- `delivery_id`, `item`: which item of a batch it is. `held` = 1: the flow is paused, its run starts when it goes on. `filtered` = 1: it
-- did not pass the trigger's filters. `verified`: how it proved itself, in words. `duplicates`: later deliveries with its key.
ALTER TABLE events ADD COLUMN delivery_id TEXT;
ALTER TABLE events ADD COLUMN item BIGINT;
ALTER TABLE events ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN filtered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN node TEXT;
ALTER TABLE events ADD COLUMN event_type TEXT;
ALTER TABLE events ADD COLUMN verified TEXT;
ALTER TABLE events ADD COLUMN duplicates BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN last_duplicate_at BIGINT;
ALTER TABLE events ADD COLUMN replay_of TEXT;
ALTER TABLE events ADD COLUMN replayed_by TEXT;
CREATE INDEX events_held ON events (flow_id, id) WHERE held = 1;

-- What we make ourselves has keys too: of hooks the scope is their id, of others e.g. `schedule:<flow>:<node>`.
ALTER TABLE dedupe_keys RENAME COLUMN hook_id TO scope;

-- The raw body of a delivery that was several events.
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  hook_id TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  body BYTEA NOT NULL
);

-- Triggers of published flows that fire by themselves. `kind`: schedule or poll. `due_at`: the next firing, null while the flow is
-- paused. `fired_for`: the last. `cursor`, `seeded`, `quiet`: of polls. `settings`: hash, so that a change starts anew.
CREATE TABLE trigger_timers (
  flow_id TEXT NOT NULL,
  node TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  settings TEXT NOT NULL,
  due_at BIGINT,
  lease_until BIGINT,
  fired_for BIGINT,
  since BIGINT NOT NULL,
  cursor TEXT,
  seeded BIGINT NOT NULL DEFAULT 0,
  quiet BIGINT NOT NULL DEFAULT 0,
  attempts BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'active',
  reason TEXT,
  looked_at BIGINT,
  PRIMARY KEY (flow_id, node)
);
CREATE INDEX trigger_timers_due ON trigger_timers (due_at) WHERE due_at IS NOT NULL;
/*postgres:
-- As SQLite has it: where the bytes begin in others, from 1; 0: nowhere.
CREATE FUNCTION instr(haystack BYTEA, needle BYTEA) RETURNS INT LANGUAGE sql IMMUTABLE AS 'SELECT position(needle in haystack)';
*/
