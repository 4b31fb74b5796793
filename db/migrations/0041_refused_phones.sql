-- The last digits of the phone that a refused row names, so that an erasure finds it.
ALTER TABLE contact_import_refused ADD COLUMN phone_end TEXT NOT NULL DEFAULT '';
CREATE INDEX contact_import_refused_by_phone ON contact_import_refused (workspace_id, phone_end)
  WHERE phone_end <> '';
