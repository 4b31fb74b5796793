-- What was taken out of the queue is passed over by every look at its beginning until a vacuum. The usual
-- one comes when a fifth of the table is dead: with ten million rows to index, two million.
ALTER TABLE search_queue SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 10000);
