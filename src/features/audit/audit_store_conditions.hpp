// SQL that stores of other features read the audit log with.
//
// On SQLite the index of resources is parted by pieces of 512 entries
// (0031_audit_resources.sqlite.sql): who looks for a resource joins the pieces, with `seq / 512 =
// piece.number`.
#pragma once

#define WAPI_AUDIT_ONE_PIECE(order)                                                            \
    "(SELECT seq / 512 FROM audit_logs WHERE workspace_id = $1 AND seq > 0 ORDER BY seq" order \
    " LIMIT 1)"

/// The numbers of the workspace's pieces, newest first, as a table `piece (number)`. Its limit, of
/// 51 million entries, only ends a log whose numbers somebody has made up.
#define WAPI_AUDIT_PIECES \
    "(WITH RECURSIVE pieces (number) AS (SELECT " WAPI_AUDIT_ONE_PIECE(" DESC")        \
    " UNION ALL SELECT number - 1 FROM pieces WHERE number > " WAPI_AUDIT_ONE_PIECE("") \
    " LIMIT 100000) SELECT number FROM pieces) AS piece"
