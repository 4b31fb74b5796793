-- Messages that wait to be processed for the first time: asked for before each send (src/features/outbox). Those
-- that are tried again wait in the same part of the table's key, by the thousand where a number is nobody's.
CREATE INDEX jobs_unread ON jobs (created_us, id) WHERE queue = 'webhooks' AND priority = 0 AND attempts = 0;
