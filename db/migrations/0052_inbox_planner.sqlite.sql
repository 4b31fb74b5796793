-- What SQLite's planner takes for granted about the indexes of 0050 and 0051, as in 0009.
DELETE FROM sqlite_stat1 WHERE idx = 'conversations_by_state';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('search_documents', 'search_documents_of_contacts', '1000000 100000 1'),
  ('conversations', 'conversations_by_state', '1000000 100000 30000 2 1 1 1 1 1'),
  ('conversations', 'conversations_unread', '100000 10000 5000 2 1 1'),
  ('conversations', 'conversations_by_number', '1000000 100000 30000');
ANALYZE sqlite_schema;
