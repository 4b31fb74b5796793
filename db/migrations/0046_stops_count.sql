-- How many STOPs were decided on: a member's opt-in that waited for one sees that it was there, also where it
-- changed nothing else on record.
ALTER TABLE contacts ADD COLUMN stops_count BIGINT NOT NULL DEFAULT 0;
