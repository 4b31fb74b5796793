-- A member said that this contact and another are one person, and may have been wrong: whoever turns out to be
-- somebody else takes its opt-out along.
ALTER TABLE contacts ADD COLUMN joined_by_hand BIGINT NOT NULL DEFAULT 0;
