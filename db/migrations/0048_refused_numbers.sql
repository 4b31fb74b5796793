-- The last digits of the numbers of a refused row that names several, so that an erasure of any of these people
-- finds it.
CREATE TABLE contact_import_refused_phones (
  workspace_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  line BIGINT NOT NULL,
  phone_end TEXT NOT NULL,
  PRIMARY KEY (workspace_id, import_id, line, phone_end)
) @without_rowid@;
CREATE INDEX contact_import_refused_phones_by_end ON contact_import_refused_phones (workspace_id, phone_end);

-- Rows that were refused before 0041 are found by no erasure; the reason stays.
UPDATE contact_import_refused SET cells = '[]' WHERE phone_end = '';
