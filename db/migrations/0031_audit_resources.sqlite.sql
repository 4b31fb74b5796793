-- Audit, on SQLite: what happened to a resource is indexed within pieces of 512 entries. An index over the
-- whole log takes each new entry at a place of its own, and every page that a commit touches is written
-- whole: that was more than half of what an entry writes. Within a piece, neighbours share pages; a
-- question reads every piece, newest first (src/features/audit/audit_store_query.cpp).
DROP INDEX audit_logs_by_resource;
CREATE INDEX audit_logs_by_resource ON audit_logs (workspace_id, seq / 512, resource_id, created_us)
  WHERE resource_id <> '';
