// SQL that stores of other features read the audit log with.
//
// On SQLite the index of resources is parted by pieces of 512 entries
// (0031_audit_resources.sqlite.sql): who looks for a resource joins the pieces, with `seq / 512 =
// piece.number`.
#pragma once

#define WAPI_AUDIT_PIECE_BELOW(below)                                             \
    "(SELECT seq / 512 FROM audit_logs WHERE workspace_id = $1 AND seq > 0" below \
    " ORDER BY seq DESC LIMIT 1)"

/// The numbers of the workspace's pieces that have entries, newest first, as a table
/// `piece (number)`.
#define WAPI_AUDIT_PIECES \
    "(WITH RECURSIVE pieces (number) AS (SELECT " WAPI_AUDIT_PIECE_BELOW("")                 \
    " UNION ALL SELECT " WAPI_AUDIT_PIECE_BELOW(" AND seq < pieces.number * 512")            \
    " FROM pieces WHERE number IS NOT NULL)"                                                 \
    " SELECT number FROM pieces WHERE number IS NOT NULL) AS piece"
