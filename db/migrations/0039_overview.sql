-- The overview's counts of a workspace in quarters of an hour: small, without a customer's data, and so
-- kept longer than what was counted. reply_times: a JSON array, how many replies took how long.
CREATE TABLE overview_quarters (
  workspace_id TEXT NOT NULL,
  begin_us BIGINT NOT NULL,
  inbound BIGINT NOT NULL,
  outbound BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  new_contacts BIGINT NOT NULL,
  opt_outs BIGINT NOT NULL,
  reply_times TEXT NOT NULL,
  PRIMARY KEY (workspace_id, begin_us)
) @without_rowid@;

-- How far a workspace is counted, and how far counted again, when late failures are in.
CREATE TABLE overview_heads (
  workspace_id TEXT NOT NULL PRIMARY KEY,
  counted_us BIGINT NOT NULL,
  settled_us BIGINT NOT NULL
);
