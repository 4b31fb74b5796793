-- What SQLite's planner takes for granted about the index of 0042, as in 0009.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('messages', 'messages_late', '100000 10000 20 2');
ANALYZE sqlite_schema;
