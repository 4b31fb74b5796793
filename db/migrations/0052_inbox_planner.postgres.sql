-- What PostgreSQL's planner knows of the expression in 0051 only then: that a number may have few conversations.
ANALYZE conversations;
