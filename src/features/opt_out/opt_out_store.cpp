#include "features/opt_out/opt_out_store.hpp"

namespace wapi::opt_out::store {
namespace {

const db::Sql find_settings_sql{{
    .name = "opt_out.find_settings",
    .text = "SELECT settings FROM workspaces WHERE workspace_id = $1",
}};
const db::Sql find_stops_sql{{
    .name = "opt_out.find_stops",
    .text = "SELECT stops_count, coalesce(opted_out_us, 0) FROM contacts"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql count_stop_sql{{
    .name = "opt_out.count_stop",
    .text = "UPDATE contacts SET stops_count = stops_count + 1"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};

}  // namespace

Stops find_stops(db::WorkspaceTxn& txn, const ContactId& contact) {
    const db::Rows rows = txn.query(find_stops_sql, contact);
    return rows.empty() ? Stops()
                        : Stops{.count = rows[0].integer(0), .newest_us = rows[0].integer(1)};
}

void count_stop(db::WorkspaceTxn& txn, const ContactId& contact) {
    txn.execute(count_stop_sql, contact);
}

std::string find_settings(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_settings_sql);
    return rows.empty() ? "{}" : rows[0].string(0);
}

}  // namespace wapi::opt_out::store
