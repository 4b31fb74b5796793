-- Search: the words of each message and contact, an index of the words, and what is to be indexed. A row
-- of search_queue is written with what it names; its key is the order of taking.
CREATE TABLE search_queue (
  queued_us BIGINT NOT NULL,
  workspace_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  PRIMARY KEY (queued_us, workspace_id, kind, subject_id)
) WITHOUT ROWID;
CREATE TABLE search_documents (
  document_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  words TEXT NOT NULL
);
CREATE UNIQUE INDEX search_documents_by_subject ON search_documents (workspace_id, kind, subject_id);
-- The words are folded before they are stored, so that the tokenizer only parts them. The prefixes are
-- the mark and the first two and three characters: else FTS5 reads everything that begins with them.
CREATE VIRTUAL TABLE search_words USING fts5 (
  words, content = 'search_documents', content_rowid = 'document_id', detail = 'none', prefix = '11 12',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
);
-- A merge that an erasure asks for begins with two segments; the default leaves up to three as they are.
INSERT INTO search_words (search_words, rank) VALUES ('usermerge', 2);
-- What is there already waits behind everything new (store::backfill in src/features/search).
INSERT INTO search_queue (queued_us, workspace_id, kind, subject_id)
  SELECT 4000000000000000, workspace_id, 'contact', contact_id FROM contacts;
INSERT INTO search_queue (queued_us, workspace_id, kind, subject_id)
  SELECT 4000000000000001, workspace_id, 'message', message_id FROM messages;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('search_documents', 'search_documents_by_subject', '10000000 1000000 500000 1'),
  ('search_queue', 'search_queue', '1000 10 5 2 1');
ANALYZE sqlite_schema;
