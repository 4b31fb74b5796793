-- What an operator has changed about rate limits; what is not here has its default.
-- kind: plan (a workspace's requests a minute), key (of each API key on that plan), form (public forms,
-- a minute from one address).
CREATE TABLE rate_limits (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  per_minute BIGINT NOT NULL,
  updated_us BIGINT NOT NULL,
  PRIMARY KEY (kind, name)
) @without_rowid@;

-- Workspaces with a limit of their own, whatever their plan.
CREATE TABLE workspace_rate_limits (
  workspace_id TEXT NOT NULL PRIMARY KEY,
  per_minute BIGINT NOT NULL,
  updated_us BIGINT NOT NULL
);
