-- When the person last wrote START themselves: nothing else lifts an erasure (docs/adr/0015). Older ones
-- are before every erasure.
ALTER TABLE contacts ADD COLUMN started_us BIGINT;
