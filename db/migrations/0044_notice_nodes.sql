-- Connections that tell other programs what was committed (src/db/notices.hpp). A row is there from before the
-- first text until after the last: one that is left without its connection belongs to a program that was
-- killed, and may have taken texts along. PostgreSQL only; on SQLite it stays empty.
CREATE TABLE notice_nodes (
  node BIGINT NOT NULL PRIMARY KEY
);
