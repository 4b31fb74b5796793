-- Paths to what is past its time, and from an update of a webhook to its dead letter: a repeated failure
-- replaces the letter instead of adding one.
CREATE INDEX early_statuses_by_time ON early_statuses (received_us);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_us);
CREATE INDEX dead_letters_by_item ON dead_letters (payload) WHERE kind = 'webhook.item';
