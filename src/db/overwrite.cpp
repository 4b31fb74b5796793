#include "db/overwrite.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

namespace wapi::db {

OverwriteDeleted::OverwriteDeleted(Txn& txn) : txn_(txn) {
    if (txn_.engine() == Engine::sqlite) {
        txn_.connection().execute_text("PRAGMA secure_delete = ON");
    }
}

OverwriteDeleted::~OverwriteDeleted() {
    if (txn_.engine() != Engine::sqlite) {
        return;
    }
    try {
        txn_.connection().execute_text("PRAGMA secure_delete = FAST");
    } catch (const Fault& fault) {
        // It costs time only: what is deleted later is overwritten as well.
        log::warn("database.secure_delete_stays", {{"reason", fault.what()}});
    }
}

}  // namespace wapi::db
