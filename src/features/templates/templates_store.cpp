// SQL of the templates.
#include "features/templates/templates_store.hpp"

namespace wapi::templates {
namespace {

const db::Sql find_template_sql{{
    .name = "templates.find_template",
    .text =
        "SELECT waba_id, name, language, meta_id, category, status, parameter_format, components, "
        "updated_us, status_reason, status_us FROM templates "
        "WHERE workspace_id = $1 AND waba_id = $2 AND name = $3 AND language = $4",
}};

// SQLite has one writer.
const db::Sql lock_template_sql{{
    .name = "templates.lock_template",
    .text =
        "SELECT waba_id, name, language, meta_id, category, status, parameter_format, components, "
        "updated_us, status_reason, status_us FROM templates "
        "WHERE workspace_id = $1 AND waba_id = $2 AND name = $3 AND language = $4",
    .postgres =
        "SELECT waba_id, name, language, meta_id, category, status, parameter_format, components, "
        "updated_us, status_reason, status_us FROM templates "
        "WHERE workspace_id = $1 AND waba_id = $2 AND name = $3 AND language = $4 FOR UPDATE",
}};

const db::Sql list_templates_sql{{
    .name = "templates.list_templates",
    .text =
        "SELECT waba_id, name, language, meta_id, category, status, parameter_format, components, "
        "updated_us, status_reason, status_us FROM templates "
        "WHERE workspace_id = $1 AND (waba_id, name, language) > ($2, $3, $4) "
        "ORDER BY waba_id, name, language LIMIT $5",
}};

const db::Sql save_template_sql{{
    .name = "templates.save_template",
    .text =
        "INSERT INTO templates (workspace_id, waba_id, name, language, meta_id, category, status, "
        "parameter_format, components, updated_us, status_reason, status_us) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
        "ON CONFLICT (workspace_id, waba_id, name, language) DO UPDATE SET "
        "meta_id = excluded.meta_id, category = excluded.category, status = excluded.status, "
        "parameter_format = excluded.parameter_format, components = excluded.components, "
        "updated_us = excluded.updated_us, status_reason = excluded.status_reason, "
        "status_us = excluded.status_us",
}};

const db::Sql delete_older_sql{{
    .name = "templates.delete_older",
    .text = "DELETE FROM templates WHERE workspace_id = $1 AND waba_id = $2 AND updated_us < $3",
}};

Template read_template(const db::Row& row) {
    return Template{.waba_id = row.id<WabaId>(0),
                    .name = row.string(1),
                    .language = row.string(2),
                    .meta_id = row.string(3),
                    .category = row.string(4),
                    .status = row.string(5),
                    .parameter_format = row.string(6),
                    .components = row.string(7),
                    .updated_at = from_us(row.integer(8)),
                    .status_reason = row.string(9),
                    .status_at = from_us(row.integer(10))};
}

}  // namespace

std::optional<Template> find_template(db::WorkspaceTxn& txn, const WabaId& waba_id,
                                      std::string_view name, std::string_view language) {
    const db::Rows rows = txn.query(find_template_sql, waba_id, name, language);
    return rows.empty() ? std::nullopt : std::optional(read_template(rows[0]));
}

std::optional<Template> lock_template(db::WorkspaceTxn& txn, const WabaId& waba_id,
                                      std::string_view name, std::string_view language) {
    const db::Rows rows = txn.query(lock_template_sql, waba_id, name, language);
    return rows.empty() ? std::nullopt : std::optional(read_template(rows[0]));
}

std::vector<Template> list_templates(db::WorkspaceTxn& txn, const std::optional<ListAfter>& after,
                                     std::size_t limit) {
    const ListAfter start = after.value_or(ListAfter{});
    const db::Rows rows = txn.query(list_templates_sql, start.waba_id, start.name, start.language,
                                    static_cast<std::int64_t>(limit));
    std::vector<Template> templates;
    for (const db::Row row : rows) {
        templates.push_back(read_template(row));
    }
    return templates;
}

void save_template(db::WorkspaceTxn& txn, const Template& stored) {
    txn.execute(save_template_sql, stored.waba_id, stored.name, stored.language, stored.meta_id,
                stored.category, stored.status, stored.parameter_format, stored.components,
                to_us(stored.updated_at), stored.status_reason, to_us(stored.status_at));
}

std::int64_t delete_older(db::WorkspaceTxn& txn, const WabaId& waba_id, Timestamp limit) {
    return txn.execute(delete_older_sql, waba_id, to_us(limit));
}

Result<Template> check_template(db::WorkspaceTxn& txn, const WabaId& waba_id, std::string_view name,
                                std::string_view language, const boost::json::array& components) {
    std::optional<Template> found = find_template(txn, waba_id, name, language);
    if (!found) {
        return fail(errors::template_not_found, {}, "template.name");
    }
    if (const Result<void> fits = check_parameters(*found, components); !fits) {
        return std::unexpected(fits.error());
    }
    return *std::move(found);
}

}  // namespace wapi::templates
