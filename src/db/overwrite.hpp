// Deleting so that the bytes go, too.
#pragma once

#include "db/txn.hpp"

namespace wapi::db {

/// While it lives, what the transaction deletes or replaces is overwritten with zeros in SQLite's
/// pages instead of only being forgotten (`PRAGMA secure_delete`). On PostgreSQL old rows stay
/// until VACUUM. What older copies remain on disk: docs/privacy.md. Database thread, inside one
/// function.
class OverwriteDeleted {
  public:
    explicit OverwriteDeleted(Txn& txn);
    ~OverwriteDeleted();
    OverwriteDeleted(const OverwriteDeleted&) = delete;
    OverwriteDeleted& operator=(const OverwriteDeleted&) = delete;

  private:
    Txn& txn_;
};

}  // namespace wapi::db
