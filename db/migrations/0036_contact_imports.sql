-- Imports of contacts from CSV files. state: uploading, ready, queued, running, done, cancelled, failed.
-- header, sample, guess, mapping, options: JSON. byte and line: where the next row begins.
CREATE TABLE contact_imports (
  workspace_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  state TEXT NOT NULL,
  file_name TEXT NOT NULL,
  user_id TEXT NOT NULL,
  starter_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  delimiter TEXT NOT NULL,
  header TEXT NOT NULL,
  sample TEXT NOT NULL,
  guess TEXT NOT NULL,
  mapping TEXT NOT NULL,
  options TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  byte BIGINT NOT NULL,
  line BIGINT NOT NULL,
  rows_total BIGINT NOT NULL,
  rows_done BIGINT NOT NULL,
  rows_created BIGINT NOT NULL,
  rows_updated BIGINT NOT NULL,
  rows_skipped BIGINT NOT NULL,
  rows_refused BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  failure TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  started_us BIGINT,
  batch_us BIGINT NOT NULL,
  ended_us BIGINT,
  PRIMARY KEY (workspace_id, import_id)
) @without_rowid@;
-- What there is to do; the first of a workspace goes on, the others wait.
CREATE INDEX contact_imports_active ON contact_imports (workspace_id, started_us, import_id)
  WHERE state IN ('queued', 'running');

-- The file as UTF-8, in pieces of 64 KiB; each goes when its rows are done.
CREATE TABLE contact_import_chunks (
  workspace_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  chunk BIGINT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (workspace_id, import_id, chunk)
);

-- Rows that became no contact. cells: JSON.
CREATE TABLE contact_import_refused (
  workspace_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  line BIGINT NOT NULL,
  reason TEXT NOT NULL,
  cells TEXT NOT NULL,
  PRIMARY KEY (workspace_id, import_id, line)
) @without_rowid@;
