-- Connectors whole. The client that a connector is registered with at its OAuth provider: `oauth_client` is its secret, sealed (a public
-- client has none), and `oauth_client_origins` (separated by spaces) is where the secret may be sent.
ALTER TABLE connectors ADD COLUMN oauth_client TEXT;
ALTER TABLE connectors ADD COLUMN oauth_client_id TEXT;
ALTER TABLE connectors ADD COLUMN oauth_client_origins TEXT;
ALTER TABLE connectors ADD COLUMN oauth_client_set_at BIGINT;

-- Pictures, by the SHA-256 of their bytes in hex; `body` is base64.
CREATE TABLE logos (
  workspace_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  media TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, sha256)
);

-- Values of the base URL's variables, by key; or a base URL of the connection's own.
ALTER TABLE connections ADD COLUMN variables TEXT NOT NULL DEFAULT '{}';
ALTER TABLE connections ADD COLUMN base_url TEXT;
-- After a passing fault of the token endpoint nothing is asked of it until then.
ALTER TABLE connections ADD COLUMN cooling_until BIGINT;
-- What an OAuth provider granted, sealed: the refresh token and what belongs to it. The access token is `token`.
ALTER TABLE connections ADD COLUMN oauth_grant TEXT;

-- Authorizations that were begun and not finished: used once, within ten minutes. Only the SHA-256 of a state is stored; `verifier`
-- (PKCE) is sealed.
CREATE TABLE oauth_states (
  state_hash TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  session_hash TEXT NOT NULL,
  verifier TEXT NOT NULL,
  return_to TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- An import is read in the background: `state` is reading, read or refused; `progress` goes from 0 to 100.
ALTER TABLE imports ADD COLUMN state TEXT NOT NULL DEFAULT 'read';
ALTER TABLE imports ADD COLUMN progress BIGINT NOT NULL DEFAULT 100;
ALTER TABLE imports ADD COLUMN report TEXT;
ALTER TABLE imports ADD COLUMN message TEXT;
