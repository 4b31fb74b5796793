-- Audit: filters that leave few entries have a path in the order of time, in which entries are listed;
-- fields that are often empty are left out of theirs.
DROP INDEX audit_logs_by_resource;
DROP INDEX audit_logs_by_action;
CREATE INDEX audit_logs_by_time ON audit_logs (workspace_id, created_us, seq);
CREATE INDEX audit_logs_by_action ON audit_logs (workspace_id, action, created_us, seq);
CREATE INDEX audit_logs_by_resource ON audit_logs (workspace_id, resource_id, created_us, seq)
  WHERE resource_id <> '';
CREATE INDEX audit_logs_by_actor ON audit_logs (workspace_id, actor_id, created_us, seq)
  WHERE actor_id <> '';
CREATE INDEX audit_logs_by_ip ON audit_logs (workspace_id, ip, created_us, seq) WHERE ip <> '';
CREATE INDEX audit_logs_by_request ON audit_logs (workspace_id, request_id, created_us, seq)
  WHERE request_id <> '';

-- Retention: when a workspace's log is looked at next, and the number of its newest `audit.pruned`
-- entry, which says where the log begins now; 0: with its first entry.
ALTER TABLE audit_heads ADD COLUMN prune_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit_heads ADD COLUMN pruned_seq BIGINT NOT NULL DEFAULT 0;
CREATE INDEX audit_heads_by_prune ON audit_heads (prune_us);
