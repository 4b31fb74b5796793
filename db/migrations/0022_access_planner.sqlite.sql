-- What SQLite's planner takes for granted about the tables and the index of 0021, as in 0009.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('contact_tags', 'contact_tags', '2000000 200000 2 1'),
  ('contact_tags', 'contact_tags_by_tag', '2000000 200000 10000 1'),
  ('member_restrictions', 'member_restrictions', '10000 1000 10 5 1'),
  ('conversations', 'conversations_by_assignee', '1000000 100000 1000 2 1');
ANALYZE sqlite_schema;
