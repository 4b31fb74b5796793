-- Housekeeping jumps from subject to subject of the letters that belong to no workspace.
CREATE INDEX dead_letters_ownerless ON dead_letters (subject) WHERE workspace_id IS NULL;
