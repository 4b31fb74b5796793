-- The figures of the queues count dead letters by queue, for all and for one workspace.
CREATE INDEX dead_letters_by_queue ON dead_letters (queue, workspace_id);
