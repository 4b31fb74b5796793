-- What SQLite's planner takes for granted about the tables that grow. Without it, it believes that a
-- workspace has ten rows, and walks through all messages of the workspace rather than use an index that
-- names the contact. The figures are shapes, not counts: rows, then rows that share the first column, the
-- first two, and so on. ANALYZE of a small table makes the place for them; the last line takes them in.
ANALYZE schema_migrations;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('contacts', 'contacts', '1000000 100000 1'),
  ('contact_identities', 'contact_identities', '2000000 200000 100000 1'),
  ('contact_identities', 'contact_identities_by_contact', '2000000 200000 2'),
  ('conversations', 'conversations', '1000000 100000 1'),
  ('conversations', 'conversations_by_contact', '1000000 100000 2 1'),
  ('conversations', 'conversations_by_time', '1000000 100000 2 1'),
  ('messages', 'messages', '10000000 1000000 1'),
  ('messages', 'messages_by_wamid', '10000000 1000000 500000 2 1'),
  ('messages', 'messages_by_conversation', '10000000 1000000 20 2 1'),
  ('messages', 'messages_unnamed', '10000 1000 2'),
  ('early_statuses', 'early_statuses', '1000000 100000 50000 2 1'),
  ('early_statuses', 'early_statuses_by_time', '1000000 2'),
  ('idempotency_keys', 'idempotency_keys', '1000000 100000 1'),
  ('idempotency_keys', 'idempotency_keys_by_time', '1000000 2'),
  ('audit_logs', 'audit_logs', '10000000 1000000 1'),
  ('audit_logs', 'audit_logs_by_resource', '10000000 1000000 10 1'),
  ('audit_logs', 'audit_logs_by_action', '10000000 1000000 20000 1'),
  ('dead_letters', 'dead_letters_by_workspace', '100000 10000 1'),
  ('dead_letters', 'dead_letters_by_subject', '100000 10000 1'),
  ('dead_letters', 'dead_letters_by_queue', '100000 50000 5000'),
  ('dead_letters', 'dead_letters_by_item', '100000 1');
ANALYZE sqlite_schema;
